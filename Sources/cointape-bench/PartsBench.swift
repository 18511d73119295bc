import ArgumentParser
import Basics
import Foundation
import JQ
import Orders
import Redis
import TopLists

/// Single parts of the work, each measured on one thread.
struct PartsBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "parts", abstract: "Measure the parts that all work is made of; medians of several rounds.")

    @Option(help: "Rounds.") var rounds = 7
    @Option(help: "A page of a provider, to filter.") var page: String?
    @Option(help: "The page's filter.") var filter = ".data[] | {id, symbol, price: .quote.USD.price}"

    func run() async throws {
        try measure("render a row as CSV", by: 200_000) { try render(.csv, rows: $0) }
        try measure("render a row as JSON", by: 200_000) { try render(.json, rows: $0) }
        try measure("take over a plain number", by: 500_000) { try write("64012.12345678", times: $0) }
        try measure("write a number out of its exponent", by: 100_000) { try write("1.2345e-7", times: $0) }
        try measure("what an amount buys, from texts to satoshi", by: 100_000) { try buy(times: $0) }
        try measure("read a reply of 6,000 bytes, fed 256 KB at a time", by: 4_000) { try readReplies($0) }
        if let page { try await measureFilter(Array(Data(contentsOf: URL(filePath: page)))) }
    }

    /// Prints the CPU time per item in nanoseconds; one call of `work` handles `count` items.
    private func measure(_ name: String, by count: Int, _ work: (Int) throws -> Void) rethrows {
        var spans: [Double] = []
        for _ in 0..<rounds {
            let start = clock()
            try work(count)
            spans.append(Double(clock() - start) / Double(CLOCKS_PER_SEC) * 1e9 / Double(count))
        }
        print("\(name): \(String(format: "%.0f", spans.sorted()[rounds / 2])) ns")
    }

    private func render(_ format: ListFormat, rows: Int) throws {
        let part = 200
        let list = RenderBench.list(rows: part)
        for _ in 0..<rows / part {
            guard try list.rows(first: part, as: format)?.count == part else {
                throw ValidationError("rows were lost")
            }
        }
    }

    private func write(_ number: String, times: Int) throws {
        let token = Array(number.utf8)[...]
        var output: [UInt8] = []
        for _ in 0..<times {
            output.removeAll(keepingCapacity: true)
            guard PlainDecimal.append(token, to: &output) else { throw ValidationError("\(number) is a number") }
        }
    }

    private func buy(times: Int) throws {
        let amount = Array("123.45".utf8)
        for _ in 0..<times {
            guard let amount = Amount(amount), let satoshi = Rate("64012.12345678")?.satoshi(for: amount),
                satoshi.value == 192_855
            else { throw ValidationError("123.45 buys 0.00192855 BTC") }
        }
    }

    private func readReplies(_ count: Int) throws {
        let reply = Array("$6000\r\n".utf8) + [UInt8](repeating: UInt8(ascii: "x"), count: 6_000) + Array("\r\n".utf8)
        let many = Array([[UInt8]](repeating: reply, count: 43).joined())
        let parser = ReplyParser()
        var found = 0
        while found < count {
            try many.withUnsafeBytes { bytes in
                try parser.feed(bytes) { reply in if reply.bytes?.count == 6_000 { found += 1 } }
            }
        }
    }

    private func measureFilter(_ page: [UInt8]) async throws {
        let program = try JQProgram(filter)
        let command = JQCommand(
            program: Bundle.main.executablePath ?? CommandLine.arguments[0],
            arguments: ["cointape-bench", "run-filters"])
        let pool = JQPool(command, bounds: JQBounds(documentsOf: 64_000_000), processes: 1)
        defer { pool.shutdown() }
        var spans: [Double] = []
        var count = 0
        for _ in 0...rounds {
            let start = ContinuousClock.now
            count = try await pool.read(page) { page async throws(JQError) in
                try await page.rows(program)
            }.count
            spans.append((ContinuousClock.now - start) / .milliseconds(1))
        }
        // The first round also compiles the filter.
        let median = spans.dropFirst().sorted()[rounds / 2]
        guard count > 0 else { throw ValidationError("the page has no rows") }
        print("filter a page of \(count) rows, \(page.count) bytes: \(String(format: "%.1f", median)) ms")
    }
}
