import Foundation
import Redis
import TestSupport
import Testing

/// The page about moving to another Redis, as somebody would follow it with an api that takes orders.
@Suite struct MoveTests {
    static let page = "docs/howto/move-redis.md"

    private static func order(_ number: Int) -> String {
        #"{"currency":"USD","amount":"\#(number)","idempotence_key":"\#(number)"}"#
    }

    @Test(.timeLimit(.minutes(2)))
    func `what is there and what is ordered meanwhile moves as the page says, and the old server takes no more`()
        async throws
    {
        let shop = try await Shop(apis: 1)
        let new = try await TestRedis()
        let folder = try TestFolder()
        try FileManager.default.createSymbolicLink(
            atPath: "\(folder.path)/cointape", withDestinationPath: Cointape.program)
        let environment = [
            "OLD": shop.redis.url, "OLD_HOST": "127.0.0.1", "OLD_PORT": "\(shop.redis.port)", "NEW": new.url,
            "CONFIG_DIR": "\(Repository.path)/config",
            "WITNESS_DIR": "\(folder.path)/witness",
            "PATH": "\(folder.path):\(ProcessInfo.processInfo.environment["PATH"] ?? "")",
        ]
        let blocks = try Document(Self.page).blocks
        #expect(blocks.count == 4)
        func run(_ place: Int) async throws {
            let block = blocks[place]
            let text = try await shell("set -e; \(block.commands)", environment: environment)
            if let output = block.output {
                #expect(text.trimmingCharacters(in: .whitespacesAndNewlines) == output, "\(block.commands)")
            } else {
                #expect(text.contains("ok"), "\(block.commands): \(text)")
            }
        }
        let first = try await shop.put(Self.order(100))
        #expect(first.status == 200)
        try await run(0)
        // In the middle of the move.
        #expect(try await shop.put(Self.order(200)).status == 200)
        shop.apis[0].process.signal(SIGTERM)
        #expect(try await shop.apis[0].process.exit() == 0)
        for place in 1..<4 { try await run(place) }
        let entries = RedisCommand("XRANGE", "{orders}:ledger", "-", "+")
        #expect(try await new.client().send(entries) == shop.client.send(entries))
        let port = try FreePort.next()
        let api = try Cointape(["run", "config/api.json"], environment: ["REDIS_URL": new.url, "PORT": "\(port)"])
        try await eventually(within: .seconds(30), "the new server's api takes orders: \(api.text)") {
            (try? await shop.put(Self.order(300), port: port))?.status == 200
        }
        #expect(try await shop.put(Self.order(100), port: port).body == first.body)
        let ledger = try await new.client().send(RedisCommand("XLEN", "{orders}:ledger")).integer
        #expect(ledger == 4)
        let refused = await #expect(throws: RedisError.self) {
            try await shop.client.send(RedisCommand("SET", "k", "v"))
        }
        #expect(refused?.code == .server("NOREPLICAS"))
    }
}
