import Orders
import Redis
import Testing

/// What is asked for beyond a server's settings.
@Suite struct DurabilityTests {
    private static func durability(
        _ version: String?, valkey: String? = nil, fsync: Bool, replicas: Int = 0, settings: [String: String]? = nil,
        info: String = ""
    ) -> LedgerDurability {
        var server = version.map { "# Server\r\nredis_version:\($0)\r\n" } ?? ""
        if let valkey { server += "server_name:valkey\r\nvalkey_version:\(valkey)\r\n" }
        return LedgerDurability(
            info: "\(server)# Persistence\r\naof_enabled:1\r\naof_last_write_status:ok\r\n\(info)",
            settings: settings ?? ["appendonly": "yes", "appendfsync": "everysec", "maxmemory": "0"],
            acknowledgement: Acknowledgement(replicas: replicas, fsync: fsync, timeout: .seconds(1)))
    }

    @Test(arguments: ["8.0.0", "8.0.2", "8.2.3", "10.1"])
    func `an answer that waits for the disk needs no appendfsync always`(version: String) {
        #expect(Self.durability(version, fsync: true).isDurable)
        let without = Self.durability(version, fsync: false)
        #expect(without.remedies == ["CONFIG SET appendfsync always"])
        #expect(without.unknown == ["no-appendfsync-on-rewrite"])
    }

    @Test(arguments: ["7.0.15", "6.2.14", "5.0", "7", "7.1.241"])
    func `a server without WAITAOF cannot wait for the disk, and keeps needing its settings`(version: String) {
        let durability = Self.durability(version, fsync: true)
        #expect(durability.summary?.contains("needs Redis 7.2 (WAITAOF), and this is Redis \(version):") == true)
        #expect(durability.shortcomings.first?.remedy == nil)
        #expect(durability.remedies == ["CONFIG SET appendfsync always"])
    }

    @Test(arguments: [
        ("7.2.0", nil), ("7.2.8", nil), ("7.4.3", nil), ("7.2.4", "8.1.8"), ("7.2.4", "9.1.2"), (nil, nil),
    ])
    func `where WAITAOF may answer before the disk has an order, only appendfsync always counts`(
        version: String?, valkey: String?
    ) {
        let everysec = Self.durability(version, valkey: valkey, fsync: true)
        #expect(everysec.fsyncObstacle != nil && !everysec.isDurable)
        if let valkey { #expect(everysec.summary?.contains("Valkey \(valkey)") == true) }
        #expect(everysec.remedies == ["CONFIG SET appendfsync always"])
        let hidden = Self.durability(version, valkey: valkey, fsync: true, settings: ["appendonly": "yes"])
        #expect(hidden.fsyncObstacle != nil)
        let always = Self.durability(
            version, valkey: valkey, fsync: true,
            settings: [
                "appendonly": "yes", "appendfsync": "always", "maxmemory": "0", "no-appendfsync-on-rewrite": "no",
            ])
        #expect(always.fsyncObstacle == nil && always.isDurable)
    }

    private static func replicated(
        _ awaited: Int, connected: Int?, known: Int?
    ) -> LedgerDurability {
        LedgerDurability(
            info: "aof_last_write_status:ok\r\n" + (connected.map { "connected_slaves:\($0)\r\n" } ?? ""),
            settings: [
                "appendonly": "yes", "appendfsync": "always", "maxmemory": "0", "no-appendfsync-on-rewrite": "no",
            ],
            acknowledgement: Acknowledgement(replicas: awaited, fsync: false, timeout: .seconds(1)),
            knownReplicas: known)
    }

    @Test(arguments: [
        (0, 0, nil, "crash and a power cut"), (0, 2, nil, "replicas is 0 of 2"), (1, 2, nil, "on 1 of 2 replicas"),
        (2, 2, nil, "no failover loses one"), (2, 2, 2, "no failover loses one"), (1, 1, 1, "no failover loses one"),
        (0, 0, 0, "crash and a power cut"), (0, nil, nil, "crash and a power cut"),
        (2, nil, 2, "no failover loses one"),
    ])
    func `says what orders survive that wait for replicas`(awaited: Int, connected: Int?, known: Int?, words: String) {
        let durability = Self.replicated(awaited, connected: connected, known: known)
        #expect(durability.isDurable, "\(durability.summary ?? "")")
        #expect(durability.promise.contains(words), "\(durability.promise)")
    }

    @Test(arguments: [
        (0, 2, 2, "known to be on 0 of 2 replicas"), (1, 2, 2, "known to be on 1 of 2 replicas"),
        (1, 1, 2, "known to be on 1 of 2 replicas"), (2, 1, 2, "replicas is 2, and 1 are connected: no order"),
        (1, 0, nil, "replicas is 1, and 0 are connected: no order"),
    ])
    func `says what a failover by Sentinels may lose, and which replicas are missing`(
        awaited: Int, connected: Int?, known: Int?, words: String
    ) {
        let summary = Self.replicated(awaited, connected: connected, known: known).summary
        #expect(summary?.contains(words) == true, "\(summary ?? "")")
    }

    @Test func `replicas in memory are no disk`() {
        #expect(!Self.durability("7.2.0", fsync: false, replicas: 2).isDurable)
    }

    @Test func `who waits for the disk need not know appendfsync, but that there is a file`() {
        #expect(Self.durability("8.0.0", fsync: true, settings: [:], info: "maxmemory:0\r\n").isDurable)
        let off = Self.durability("8.0.0", fsync: true, settings: ["appendonly": "no", "maxmemory": "0"])
        #expect(off.remedies == ["CONFIG SET appendonly yes"])
    }

    @Test func `a policy that takes any key matters where there is a limit`() {
        func policy(maxmemory: String) -> LedgerDurability {
            Self.durability(
                "8.0.0", fsync: true, settings: ["maxmemory-policy": "allkeys-lru"],
                info: "maxmemory:\(maxmemory)\r\n")
        }
        #expect(policy(maxmemory: "0").isDurable)
        #expect(policy(maxmemory: "1073741824").remedies == ["CONFIG SET maxmemory-policy noeviction"])
    }
}
