package import Redis

/// How safely the ledger's Redis keeps what it has acknowledged, according to the server.
package struct LedgerDurability: Equatable, Sendable {
    /// Problems that could lose an acknowledged order, or keep orders out; empty if the server reports none.
    package let shortcomings: [RedisShortcoming]
    /// Settings that this user may not read.
    package let unknown: [String]
    /// Why WAITAOF does not guarantee that an order is on disk here; nil if it does, or is not requested.
    package let fsyncObstacle: String?

    /// How many replicas an order waits for.
    private let awaited: Int
    /// How many replicas the server has, or the Sentinels know; nil if neither tells.
    private let replicas: Int?

    /// Whether a power cut, or a failover by Sentinels, loses nothing that was acknowledged, as far as the server knows.
    package var isDurable: Bool { shortcomings.isEmpty && unknown.isEmpty }

    static let settings = [
        "appendonly", "appendfsync", "no-appendfsync-on-rewrite", "maxmemory", "maxmemory-policy",
    ]

    /// `info` is INFO's text, and `settings` the results of CONFIG GET, without those that were refused.
    ///
    /// `acknowledgement` is what an api requires in addition to the settings, and `knownReplicas` how many replicas Sentinels know,
    /// those that are away included; nil without Sentinels.
    package init(
        info: String, settings: [String: String], acknowledgement: Acknowledgement? = nil, knownReplicas: Int? = nil
    ) {
        let facts = RedisInfo(info)
        var shortcomings: [RedisShortcoming] = []
        let obstacle = acknowledgement?.fsync == true ? Self.obstacle(facts, settings["appendfsync"]) : nil
        fsyncObstacle = obstacle
        // WAITAOF makes each answer wait for the disk, whatever appendfsync is.
        let waitsForDisk = acknowledgement?.fsync == true && obstacle == nil
        if let obstacle { shortcomings.append(RedisShortcoming("\(obstacle): no order is taken")) }
        var unknown: [String] = []
        func require(_ name: String, _ isGood: (String) -> Bool, _ words: (String) -> String, _ value: String) {
            guard let found = settings[name] ?? Self.fallback(name, facts) else { return unknown.append(name) }
            guard !isGood(found) else { return }
            shortcomings.append(RedisShortcoming(words(found), remedy: "CONFIG SET \(name) \(value)"))
        }
        require("appendonly", { $0 == "yes" }, { _ in "there is no append-only file: a restart loses orders" }, "yes")
        if !waitsForDisk {
            require(
                "appendfsync", { $0 == "always" },
                { "appendfsync is \($0): the last moments before a crash or a power cut are lost" }, "always")
            require(
                "no-appendfsync-on-rewrite", { $0 == "no" },
                { _ in "no-appendfsync-on-rewrite is yes: nothing is safe while the file is rewritten" }, "no")
        }
        // Neither the ledger nor the table expires, so volatile-* policies do not evict them; and without a limit nothing is ever
        // evicted.
        if (settings["maxmemory"] ?? facts["maxmemory"]) != "0" {
            require(
                "maxmemory-policy", { !$0.hasPrefix("allkeys-") },
                { "maxmemory-policy is \($0): the ledger may be thrown out when memory is short" }, "noeviction")
        }
        if let status = facts["aof_last_write_status"], status != "ok" {
            shortcomings.append(RedisShortcoming("the last write to the append-only file failed"))
        }
        awaited = acknowledgement?.replicas ?? 0
        let connected = facts.integer("connected_slaves").map(Int.init(clamping:))
        replicas = [connected, knownReplicas].compactMap(\.self).max()
        if let connected, connected < awaited {
            shortcomings.append(
                RedisShortcoming(
                    "orders.durability.replicas is \(awaited), and \(connected) are connected: no order is acknowledged",
                    remedy: "INFO replication"))
        }
        if knownReplicas != nil, let replicas, awaited < replicas {
            shortcomings.append(
                RedisShortcoming(
                    "a failover may lose acknowledged orders, for they are only known to be on \(awaited) of \(replicas) "
                        + "replicas: orders.durability.replicas"))
        }
        self.shortcomings = shortcomings
        self.unknown = unknown
    }

    /// Why WAITAOF is not enough on this server; nil if it is.
    ///
    /// WAITAOF exists since Redis 7.2. From 7.2.2 on, and in every Valkey, it answers before fdatasync unless each write is
    /// followed by one; Redis 8.0 fixes that (https://github.com/redis/redis/pull/13793).
    private static func obstacle(_ facts: RedisInfo, _ appendfsync: String?) -> String? {
        let server = facts.serverVersion ?? "a server that does not tell its version"
        if facts.isAtLeast(7, 2) == false {
            return "orders.durability.fsync needs Redis 7.2 (WAITAOF), and this is \(server)"
        }
        if appendfsync == "always" || facts.isAtLeast(8, 0) == true { return nil }
        return
            "orders.durability.fsync needs appendfsync always or Redis 8.0, and this is \(server), whose WAITAOF may answer "
            + "before the disk has an order"
    }

    /// What acknowledged orders survive, if it is durable.
    package var promise: String {
        let known = "acknowledged orders survive a crash and a power cut"
        guard let replicas, replicas > 0 else { return known }
        return switch awaited {
        case replicas...: "\(known), and are on all replicas (\(replicas)): no failover loses one"
        case 0:
            "\(known); a replica that is promoted may lack the newest (orders.durability.replicas is 0 of \(replicas))"
        default:
            "\(known), and are on \(awaited) of \(replicas) replicas: another one that is promoted may lack the newest"
        }
    }

    /// What is missing, in one line; nil if it is durable.
    package var summary: String? {
        guard !isDurable else { return nil }
        let hidden = unknown.isEmpty ? [] : ["cannot be known without CONFIG GET: \(unknown.joined(separator: ", "))"]
        return (shortcomings.map(\.description) + hidden).joined(separator: "; ")
    }

    /// The redis-cli commands that fix it; empty if no command can.
    package var remedies: [String] { shortcomings.compactMap(\.remedy) }

    /// The value of a setting that INFO also reports.
    private static func fallback(_ name: String, _ facts: RedisInfo) -> String? {
        switch name {
        case "appendonly": facts["aof_enabled"].map { $0 == "1" ? "yes" : "no" }
        case "maxmemory-policy": facts["maxmemory_policy"]
        default: nil
        }
    }
}

extension LedgerDurability {
    /// Asks the server; what its user may not read is listed in `unknown`.
    ///
    /// Throws if there is no connection, or the server is not ready.
    package static func probe(
        _ client: RedisClient, acknowledgement: Acknowledgement? = nil
    ) async throws(RedisError) -> LedgerDurability {
        var info = ""
        for section in ["server", "persistence", "memory", "replication"] {
            info += try await allowed(client, RedisCommand("INFO", section))?.text ?? ""
            info += "\n"
        }
        var settings: [String: String] = [:]
        for name in Self.settings {
            let reply = try await allowed(client, RedisCommand("CONFIG", "GET", name))?.array ?? []
            if reply.count == 2, let value = reply[1].text { settings[name] = value }
        }
        return LedgerDurability(
            info: info, settings: settings, acknowledgement: acknowledgement, knownReplicas: client.knownReplicas)
    }

    /// Returns nil if the server refuses: the user lacks the right, or a hosted Redis lacks the command.
    private static func allowed(_ client: RedisClient, _ command: RedisCommand) async throws(RedisError) -> RedisReply?
    {
        do throws(RedisError) {
            return try await client.sendUnlessDenied(command)
        } catch {
            guard error.isDenial || error.code == .server("ERR") else { throw error }
            return nil
        }
    }
}
