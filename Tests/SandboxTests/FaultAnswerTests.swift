import Basics
import Foundation
import Testing

@testable import Sandbox

/// What each provider sends when a fault strikes.
@Suite struct FaultAnswerTests {
    private static let minutes = MarketMinutes(Market(SandboxSettings(assets: 400, ranked: 300, rates: 50)))
    private static let minute = Minute(containing: Timestamp(milliseconds: 1_795_251_660_000))

    private func answer(_ fault: Fault, _ name: Provider = .coinmarketcap, call number: Int = 1) async -> ProviderAnswer
    {
        var parameters = ["currency": "BTC", "limit": "200", "sort_by": CryptoCompare.sort, "page_size": "100"]
        let provider: any SimulatedProvider
        switch name {
        case .coinmarketcap: provider = CoinMarketCap(key: "k")
        case .cryptocompare: provider = CryptoCompare(key: "k")
        case .coinbase: provider = Coinbase()
        case .coingecko: provider = CoinGecko()
        case .coinpaprika: provider = CoinPaprika()
        case .binance: provider = Binance()
        case .coincap: provider = CoinCap(key: "k")
        }
        if name == .coinmarketcap { parameters["sort_by"] = nil }
        let headers = ["x-cmc_pro_api_key": "k", "authorization": name == .coincap ? "Bearer k" : "Apikey k"]
        let call = ProviderCall(parameters: parameters, headers: headers)
        return await FaultyCall(fault: fault, provider: provider, call: call, number: number, minutes: Self.minutes)
            .answer(at: Self.minute)
    }

    @Test(
        arguments: [
            (Fault.rateLimited, 429, "1008"), (.dayLimit, 429, "1009"), (.monthLimit, 429, "1010"),
            (.addressLimit, 429, "1011"), (.badKey, 401, "1001"), (.planRefused, 403, "1006"),
            (.unknownCode, 400, "1022"), (.errorOnOK, 200, "1008"), (.serverError, 500, "500"),
        ] as [(Fault, Int, String)])
    func `CoinMarketCap's refusals carry its codes`(fault: Fault, status: Int, code: String) async {
        let answer = await answer(fault)
        #expect(answer.status == status)
        #expect(answer.text.contains("\"error_code\":\(code),"))
    }

    @Test func `the other providers refuse in their own words`() async {
        #expect(
            await answer(.errorOnOK, .cryptocompare).text.hasPrefix(#"{"Data":{},"Err":{"type":1,"message":"You are"#))
        #expect(await answer(.rateLimited, .coinbase).text.contains("rate_limit_exceeded"))
        #expect(await answer(.badKey, .cryptocompare).status == 401)
        #expect(await answer(.otherBase, .coinbase).text.hasPrefix(#"{"data":{"currency":"ETH""#))
    }

    @Test func `Retry-After comes in seconds, as a date, absurd and malformed`() async throws {
        func header(_ fault: Fault) async -> String? { await answer(fault).headers.first?.value }
        #expect(await header(.retryAfter) == "2")
        #expect(await header(.retryAfterDate)?.hasSuffix(" GMT") == true)
        #expect(await header(.retryAfterAbsurd).flatMap { Int($0) } ?? 0 > 86_400 * 365)
        #expect(await header(.retryAfterMalformed) == "a little later")
    }

    @Test func `a list shrinks, repeats items, and comes from other minutes`() async throws {
        func ids(_ fault: Fault, _ call: Int = 1) async throws -> [Int] {
            try await answer(fault, call: call).object().list("data").compactMap(\.id)
        }
        func timestamp(_ fault: Fault, _ call: Int = 1) async throws -> String? {
            try await answer(fault, call: call).object().object("status")["timestamp"] as? String
        }
        #expect(try await ids(.shrunkList).count == 133)
        #expect(try await ids(.clampedPages).count == 100)
        let repeating = try await ids(.duplicates)
        #expect(repeating.count == 200 && Set(repeating).count == 181)
        #expect(try await ids(.missingIDs).isEmpty)
        #expect(try await timestamp(.repeated) == "2026-11-21T09:00:00.000Z")
        #expect(try await timestamp(.older) == "2026-11-21T08:59:00.000Z")
        #expect(try await timestamp(.movingPages, 1) == "2026-11-21T09:01:00.000Z")
        #expect(try await timestamp(.movingPages, 2) == "2026-11-21T08:54:00.000Z")
    }

    @Test func `prices that are no numbers stand where numbers stood`() async {
        let text = await answer(.notANumber).text
        for wrong in [#""price":NaN,"#, #""price":Infinity,"#, #""price":1e999,"#, #""price":"NaN","#] {
            #expect(text.contains(wrong), "\(wrong)")
        }
    }

    @Test func `a bomb is small, and what it unpacks to is not`() async throws {
        let bomb = await answer(.gzipBomb)
        #expect(bomb.body.count < 2_000_000)
        #expect(bomb.headers.contains { $0 == ("Content-Encoding", "gzip") })
        let file = NSTemporaryDirectory() + "cointape-bomb-" + UUID().uuidString
        try Data(bomb.body).write(to: URL(fileURLWithPath: file))
        defer { try? FileManager.default.removeItem(atPath: file) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = [
            "-c", "gzip -dc < \(file) 2>/dev/null | tr -d ' ' | wc -c; gzip -dc < \(file) 2>/dev/null | wc -c",
        ]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        let counts = text.split(separator: "\n").compactMap { Int($0.filter { $0 != " " }) }
        #expect(counts.count == 2 && counts[0] == 0 && counts[1] >= 199_000_000, "\(text)")
    }
}
