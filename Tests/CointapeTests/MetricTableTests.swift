import Foundation
import Telemetry
import Testing

/// The table of docs/reference/metrics.md against the metrics of the code.
@Suite struct MetricTableTests {
    @Test func `the table has every metric with its labels, in their order, and no other`() throws {
        let page = try String(contentsOfFile: "\(Repository.path)/docs/reference/metrics.md", encoding: .utf8)
        let rows = page.split(separator: "\n").filter { $0.hasPrefix("| `") }.map { row in
            row.split(separator: "|").prefix(2).map { cell in
                cell.matches(of: /`([^`]+)`/).map { String($0.1) }
            }
        }
        #expect(rows.map { $0[0] } == MetricName.all.map { [$0.name] })
        #expect(rows.map { $0[1] } == MetricName.all.map(\.labels))
    }
}
