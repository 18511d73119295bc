import Foundation
package import Redis

/// A user of a test's Redis with the rights of a list, and no others.
package struct NarrowUser: Sendable {
    package let client: RedisClient

    /// `rule` is left out of the commands, `key` of the keys.
    package init(
        _ redis: TestRedis, _ needs: [RedisNeed], without rule: String? = nil, withoutKey key: String? = nil
    ) async throws {
        let name = "narrow-\(UUID().uuidString.prefix(8))"
        let isOld =
            try await redis.client().send(RedisCommand("INFO", "server")).text?.contains("redis_version:6.") == true
        // Redis 6.2 has no rights to single subcommands of reads.
        let rules = needs.map(\.rule).filter { $0 != rule }.map { isOld ? $0.prefix { $0 != "|" } : $0[...] }
        let keys = needs.compactMap(\.key).filter { $0 != key }
        let arguments: [any RedisArgument] =
            ["SETUSER", name, "on", ">narrow-secret"] + Set(rules).map { "+\($0)" } + Set(keys).map { "~\($0)" }
        _ = try await redis.client().send(RedisCommand("ACL", arguments: arguments))
        client = redis.client(
            RedisEndpoint(address: redis.endpoint.address, user: name, password: "narrow-secret"))
    }
}

extension TestRedis {
    /// What was denied since it was started, each as often as it is an entry of its own or counted in one.
    package func aclLog() async throws -> [String] {
        var denied: [String] = []
        for entry in try await client().send(RedisCommand("ACL", "LOG", 1000)).array ?? [] {
            let parts = entry.array ?? []
            let facts = stride(from: 0, to: parts.count - 1, by: 2).map { (parts[$0].text, parts[$0 + 1]) }
            let count = facts.first { $0.0 == "count" }?.1.integer ?? 1
            let object = facts.first { $0.0 == "object" }?.1.text ?? ""
            denied += Array(repeating: object, count: Int(count))
        }
        return denied
    }
}
