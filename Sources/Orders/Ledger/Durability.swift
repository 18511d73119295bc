package import Redis

/// What the ledger's Redis says of how safely it keeps what it has acknowledged.
package struct LedgerDurability: Equatable, Sendable {
    /// What could lose an acknowledged order, or keeps orders out; empty if the server tells of nothing.
    package let shortcomings: [RedisShortcoming]
    /// Settings that this user may not read.
    package let unknown: [String]
    /// Why WAITAOF's answer says nothing about the disk here; nil where it does, and where it is not asked for.
    package let fsyncObstacle: String?

    /// Whether a power cut takes nothing that was acknowledged, as far as the server knows itself.
    package var isDurable: Bool { shortcomings.isEmpty && unknown.isEmpty }

    static let settings = [
        "appendonly", "appendfsync", "no-appendfsync-on-rewrite", "maxmemory", "maxmemory-policy",
    ]

    /// `info` is INFO's text, `settings` what CONFIG GET has said, without those that it would not.
    ///
    /// `acknowledgement` is what an api asks for beyond the settings.
    package init(info: String, settings: [String: String], acknowledgement: Acknowledgement? = nil) {
        let facts = RedisInfo(info)
        var shortcomings: [RedisShortcoming] = []
        let obstacle = acknowledgement?.fsync == true ? Self.obstacle(facts, settings["appendfsync"]) : nil
        fsyncObstacle = obstacle
        // WAITAOF has each answer wait for the disk, whatever appendfsync is.
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
        // Neither the ledger nor the table has a time to live, so that volatile-* leaves them alone; and without a limit
        // nothing is ever thrown out.
        if (settings["maxmemory"] ?? facts["maxmemory"]) != "0" {
            require(
                "maxmemory-policy", { !$0.hasPrefix("allkeys-") },
                { "maxmemory-policy is \($0): the ledger may be thrown out when memory is short" }, "noeviction")
        }
        if let status = facts["aof_last_write_status"], status != "ok" {
            shortcomings.append(RedisShortcoming("the last write to the append-only file failed"))
        }
        self.shortcomings = shortcomings
        self.unknown = unknown
    }

    /// WAITAOF came with Redis 7.2.
    ///
    /// From 7.2.2 on, and in every Valkey, it answers before fdatasync unless each write is followed by one; that is mended in
    /// Redis 8.0 (https://github.com/redis/redis/pull/13793).
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

    /// What is missing, in one line; nil when it is durable.
    package var summary: String? {
        guard !isDurable else { return nil }
        let hidden = unknown.isEmpty ? [] : ["cannot be known without CONFIG GET: \(unknown.joined(separator: ", "))"]
        return (shortcomings.map(\.description) + hidden).joined(separator: "; ")
    }

    /// The commands for redis-cli that mend it; empty when there is nothing that one could mend.
    package var remedies: [String] { shortcomings.compactMap(\.remedy) }

    /// What INFO tells of a setting too.
    private static func fallback(_ name: String, _ facts: RedisInfo) -> String? {
        switch name {
        case "appendonly": facts["aof_enabled"].map { $0 == "1" ? "yes" : "no" }
        case "maxmemory-policy": facts["maxmemory_policy"]
        default: nil
        }
    }
}

extension LedgerDurability {
    /// Asks the server; what its user may not read is left open.
    ///
    /// Throws when there is no connection, or the server is not ready.
    package static func look(
        _ client: RedisClient, acknowledgement: Acknowledgement? = nil
    ) async throws(RedisError) -> LedgerDurability {
        var info = ""
        for section in ["server", "persistence", "memory"] {
            info += try await allowed(client, RedisCommand("INFO", section))?.text ?? ""
            info += "\n"
        }
        var settings: [String: String] = [:]
        for name in Self.settings {
            let reply = try await allowed(client, RedisCommand("CONFIG", "GET", name))?.array ?? []
            if reply.count == 2, let value = reply[1].text { settings[name] = value }
        }
        return LedgerDurability(info: info, settings: settings, acknowledgement: acknowledgement)
    }

    /// nil where the server will not say: another user's right, or a hosted Redis without the command.
    private static func allowed(_ client: RedisClient, _ command: RedisCommand) async throws(RedisError) -> RedisReply?
    {
        do throws(RedisError) {
            return try await client.look(command)
        } catch {
            guard error.isDenial || error.code == .server("ERR") else { throw error }
            return nil
        }
    }
}
