import Foundation
import TestSupport
import Testing

/// What an api says at its start of the Redis that keeps its orders.
@Suite(.tags(.clock)) struct DurabilityLogTests {
    @Test(.timeLimit(.minutes(5))) func `an api says what its orders survive, and the command that it names mends it`()
        async throws
    {
        let redis = try await TestRedis()
        let before = try Self.api(redis)
        try await before.prints("ledger.durability")
        let line = try #require(before.text.split(separator: "\n").first { $0.contains("ledger.durability") })
        #expect(line.contains(" warning api "))
        #expect(line.contains("a restart loses orders; appendfsync is everysec"))
        let remedy = try #require(line.firstMatch(of: /remedy="([^"]+)"/)).1
        try await shell(String(remedy))
        let after = try Self.api(redis)
        try await after.prints("ledger.durability")
        #expect(after.text.contains(" info api ledger.durability "))
        #expect(after.text.contains("acknowledged orders survive a crash and a power cut"))
        // It looks again, and says what has changed.
        try await shell("redis-cli -p \(redis.port) CONFIG SET appendonly no")
        try await after.prints(" warning api ledger.durability ", within: .seconds(20))
        try await shell("redis-cli -p \(redis.port) CONFIG SET appendonly yes")
        try await eventually(within: .seconds(20), "that it is mended is said too") {
            after.text.components(separatedBy: " info api ledger.durability ").count == 3
        }
    }

    @Test(.timeLimit(.minutes(5))) func `an api that starts before its Redis says so when it is there`() async throws {
        let redis = try await TestRedis(["--appendonly", "yes", "--appendfsync", "always"])
        try await redis.kill()
        let api = try Self.api(redis)
        try await api.prints("redis.lost")
        #expect(!api.text.contains("ledger.durability"))
        try await redis.restart()
        try await api.prints(" info api ledger.durability ")
        api.signal(SIGTERM)
        #expect(try await api.exit() == 0)
        #expect(api.text.split(separator: "ledger.durability").count == 2)
    }

    private static func api(_ redis: TestRedis) throws -> Cointape {
        try Cointape(
            ["run", "config/api.json"], environment: ["REDIS_URL": redis.url, "PORT": "\(try FreePort.next())"])
    }
}
