import ArgumentParser
import Foundation
import TopLists

/// The first rows of a stored list as CSV and as JSON.
struct RenderBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "render",
        abstract: "Render the first rows of a list; CPU milliseconds, the median of several rounds.")

    @Option(help: "Rows of the list.") var stored = 10_000
    @Option(help: "Rows to render; all without it.") var rows: Int?
    @Option(help: "Rounds.") var rounds = 21

    static func list(rows: Int) -> StoredList {
        let columns = [
            ListColumn(name: "Rank", type: .integer), ListColumn(name: "Symbol", type: .string),
            ListColumn(name: "Price USD", type: .decimal), ListColumn(name: "CMC ID", type: .integer),
        ]
        let shape = ListShape(stored: columns, wanted: columns.dropLast().map(\.name))
        let lines = (1...rows).map { row in
            // Lengths that the processor cannot predict, as in real data.
            var draw = UInt64(row) &* 0x9E37_79B9_7F4A_7C15
            draw ^= draw >> 29
            draw &*= 0xBF58_476D_1CE4_E5B9
            let symbol = String(repeating: "SYM", count: 2).prefix(3 + Int(draw >> 62))
            let (whole, fraction) = (draw >> 4 & 0xFFFF >> (draw & 15), draw >> 24 & 0xFFFF_FFFF >> (draw >> 16 & 15))
            return "\(row),\(symbol),\(whole).\(fraction),\(row * 3)\r\n"
        }
        return StoredList(Array(("Rank,Symbol,Price USD,CMC ID\r\n" + lines.joined()).utf8), shape)
    }

    func run() throws {
        let (list, limit) = (Self.list(rows: stored), min(rows ?? stored, stored))
        for format in ListFormat.allCases {
            var spans: [Double] = []
            for _ in 0..<rounds {
                let start = clock()
                let count = try list.rows(first: limit, as: format)?.count
                spans.append(Double(clock() - start) / Double(CLOCKS_PER_SEC) * 1000)
                guard count == limit else { throw ValidationError("rows were lost") }
            }
            print("\(format.name): \(String(format: "%.3f", spans.sorted()[rounds / 2])) ms CPU")
        }
    }
}
