import Foundation
import TestSupport
import Testing

/// Each preset runs as it stands, with the sandbox in its provider's place.
@Suite(.tags(.clock), .timeLimit(.minutes(5))) struct PresetTests {
    private static var names: [String] {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: "\(Repository.path)/config/presets")) ?? []
        return all.filter { !$0.hasSuffix(".md") }.sorted()
    }

    @Test func `there are presets`() {
        #expect(
            Self.names == ["binance", "coincap", "coingecko", "coinmarketcap", "coinmarketcap-keyless", "coinpaprika"])
    }

    @Test(arguments: names) func `a preset makes lists, with the sandbox as its provider`(name: String) async throws {
        let folder = try TestFolder()
        let port = try FreePort.next(2)
        let up = try Cointape(
            ["up", "--sandbox", "--data", "\(folder.path)/data", "--port", "\(port)"],
            environment: ["CONFIG_DIR": "config/presets/\(name)"])
        try await up.prints("cointape is up")
        let list = try #require(try await RawAnswer.of(port, "/?limit=3&format=CSV")).text
        let lines = list.split(separator: "\r\n").map(String.init)
        #expect(lines.first == "Rank,Symbol,Price USD")
        #expect(lines.count == 4 && lines[1].hasPrefix("1,") && lines[3].hasPrefix("3,"), "\(list)")
        let status = try await Cointape.run(
            ["status"] + ["market", "toplist"].map { "config/presets/\(name)/\($0).json" },
            environment: ["REDIS_URL": "redis://127.0.0.1:\(port + 1)"])
        #expect(status.text.contains("all is well"), "\(status.text)")
        up.signal(SIGINT)
        #expect(try await up.exit() == 0)
    }

    /// So the presets' configs are what the real provider's answers of this shape need.
    @Test(arguments: names) func `a preset's feed is in the order of volume, and has ids, symbols and prices`(
        name: String
    )
        async throws
    {
        let sandbox = try Cointape(["sandbox", "--port", "0", "--assets", "600"])
        try await sandbox.prints("export CRYPTOCOMPARE_URL=")
        var environment: [String: String] = [:]
        for line in sandbox.text.split(separator: "\n") where line.hasPrefix("export ") {
            let sides = line.dropFirst(7).split(separator: "=", maxSplits: 1).map(String.init)
            environment[sides[0]] = sides[1]
        }
        let result = try await Cointape.run(
            ["fetch", "--dry-run", "config/presets/\(name)/market.json"], environment: environment)
        let rows = result.text.split(separator: "\n").filter { $0.hasPrefix("{") }
        #expect(result.code == 0 && rows.count >= 300, "\(result.text.suffix(500))")
        // The most traded one is pegged to the dollar, except on the exchange that counts in it.
        #expect(
            rows.first?.contains(name == "binance" ? #""symbol":"BTC""# : #""symbol":"USDT""#) == true,
            "\(rows.prefix(3))")
        #expect(rows.prefix(50).allSatisfy { $0.contains(#""price":"#) && $0.contains(#""symbol":"#) })
        #expect(!result.text.contains("warning: as_of"), "\(result.text.suffix(300))")
    }
}
