import ArgumentParser
import Foundation
import TopLists

/// The first rows of a stored list as CSV and as JSON.
struct RenderBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "render", abstract: "Render the first rows of a list; CPU nanoseconds a row.")

    @Option(help: "Rows of the list.") var stored = 10_000
    @Option(help: "Rows to render.") var rows = 200
    @Option(help: "Rows to render in all.") var total = 1_000_000

    func run() throws {
        let columns = [
            ListColumn(name: "Rank", type: .integer), ListColumn(name: "Symbol", type: .string),
            ListColumn(name: "Price USD", type: .decimal), ListColumn(name: "CMC ID", type: .integer),
        ]
        let lines = (1...stored).map { "\($0),SYM\($0 % 1000),\($0 % 977).\(10_000_000 + $0),\($0 * 3)\r\n" }
        let list = StoredList(Array(("Rank,Symbol,Price USD,CMC ID\r\n" + lines.joined()).utf8), columns: columns)
        let times = max(1, total / rows)
        for format in ListFormat.allCases {
            let start = clock()
            var count = 0
            for _ in 0..<times {
                count += try list.rows(first: rows, as: format, wanted: ["Rank", "Symbol", "Price USD"])?.count ?? 0
            }
            let nanoseconds = Double(clock() - start) / Double(CLOCKS_PER_SEC) * 1e9
            guard count == times * min(rows, stored) else { throw ValidationError("rows were lost") }
            print("\(format.rawValue): \(String(format: "%.1f", nanoseconds / Double(count))) ns a row")
        }
    }
}
