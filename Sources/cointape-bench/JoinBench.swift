import ArgumentParser
import Basics
import Foundation
import Merging
import TopLists

/// A full minute through the join and both renderings: from the published rows to the bytes served.
struct JoinBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "join", abstract: "Join and render a minute; CPU milliseconds, the median of several rounds.")

    @Option(help: "Priced coins.") var prices = 10_000
    @Option(help: "Ranked assets.") var ranks = 3_400
    @Option(help: "Rounds.") var rounds = 21

    func run() throws {
        let plan = JoinPlan(
            sources: [.init(name: "rank"), .init(name: "price")], key: "id", keyType: .integer, label: "symbol",
            columns: [
                .init(ListColumn(name: "Rank", type: .integer), .position),
                .init(ListColumn(name: "Symbol", type: .string), .source(0, member: "symbol")),
                .init(
                    ListColumn(name: "Price USD", type: .decimal), .source(1, member: "price"), isRequired: true,
                    minimum: 0),
                .init(ListColumn(name: "CMC ID", type: .integer), .key),
            ])
        let (rank, price) = (Self.ranks(ranks), Self.prices(prices))
        var parts: [[Double]] = [[], [], [], []]
        for _ in 0..<rounds {
            let start = clock()
            var (left, right) = (Join.table(for: 0, of: plan), Join.table(for: 1, of: plan))
            try left.append(rows: rank)
            try right.append(rows: price)
            let parsed = clock()
            let result = Join.run(plan, [left, right])
            let joined = clock()
            let stored = StoredList(
                result.csv, ListShape(stored: plan.columns.map(\.column), wanted: ["Rank", "Symbol", "Price USD"]))
            let csv = try stored.rows(as: .csv)
            let halfway = clock()
            let json = try stored.rows(as: .json)
            let rendered = clock()
            let counts = [csv?.count, json?.count]
            let expected = min(ranks, prices)
            guard counts.allSatisfy({ $0 == expected }), result.account.matched == expected else {
                throw ValidationError("the join lost rows: \(counts) of \(expected)")
            }
            for (index, span) in [parsed - start, joined - parsed, halfway - joined, rendered - halfway].enumerated() {
                parts[index].append(Double(span) / Double(CLOCKS_PER_SEC) * 1000)
            }
        }
        let medians = parts.map { $0.sorted()[$0.count / 2] }
        let names = ["parse rows", "join", "render CSV", "render JSON"]
        for (name, value) in zip(names, medians) { print("\(name): \(Self.text(value)) ms CPU") }
        print("total: \(Self.text(medians.reduce(0, +))) ms CPU for \(prices) prices and \(ranks) ranks")
    }

    private static func text(_ value: Double) -> String { String(format: "%.2f", value) }

    /// Ids like those of real providers: not contiguous, and the ranked ones are among the priced.
    private static func ranks(_ count: Int) -> [UInt8] {
        let rows = (0..<count).map { #"{"id":"\#($0 * 3 % count * 2 + 1)","symbol":"S\#($0)"}"# }
        return Array("[\(rows.joined(separator: ","))]".utf8)
    }

    private static func prices(_ count: Int) -> [UInt8] {
        let rows = (0..<count).map {
            #"{"id":\#($0 * 2 + 1),"symbol":"S\#($0)","price":\#(Double($0) * 1.000123 + 0.1)}"#
        }
        return Array("[\(rows.joined(separator: ","))]".utf8)
    }
}
