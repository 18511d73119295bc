import Basics

/// The report for people: tables, and what is wrong at the end.
struct StatusText {
    let report: StatusReport

    var text: String {
        var lines = report.servers.flatMap { server in
            let limit = server.maxBytes.map { "of \(Self.size($0))" } ?? "and no limit"
            let head = "\(report.time)  redis \(server.redis), version \(server.version)"
            return ["\(head), \(Self.size(server.usedBytes)) \(limit)"] + (server.memory.map { [Self.words($0)] } ?? [])
                + ["  \(server.look)"]
        }
        lines.append("")
        lines += Self.table(
            [["stream", "newest minute", "age of data", "entries", "gaps", "missing", "look"]]
                + report.streams.map { stream in
                    [
                        stream.name, stream.newestMinute ?? "-", Self.age(stream.age), "\(stream.entries)",
                        Self.gaps(stream.gaps), "\(stream.missing)", stream.look,
                    ]
                })
        lines.append("")
        lines += Self.table(
            [["worker", "kind", "alive", "last minute", "look"]]
                + report.workers.map { [$0.name, $0.kind, "\($0.alive)", $0.lastMinute ?? "-", $0.look] })
        if let ledger = report.ledger { lines += ["", Self.words(ledger), "  \(ledger.look)"] }
        lines.append("")
        lines += report.problems.isEmpty ? ["all is well"] : ["what is wrong:"]
        for problem in report.problems {
            lines.append("  \(problem.what)")
            lines += problem.mend.map { "    \($0)" }
        }
        return lines.joined(separator: "\n")
    }

    private static func words(_ ledger: StatusReport.Ledger) -> String {
        guard ledger.isOpen else { return "orders: the ledger is not open" }
        let behind = ledger.unprojected == 0 ? "all are projected" : "\(ledger.unprojected) wait to be projected"
        return "orders: \(ledger.orders) of \(ledger.kind ?? "unknown") rates, \(ledger.soldBTC) BTC sold, "
            + "\(ledger.leftBTC) left; \(behind)"
    }

    private static func words(_ memory: StatusReport.Memory) -> String {
        let days = memory.daysLeft.map { ", \(Int($0)) days until maxmemory" } ?? ""
        return "  feeds and lists \(size(memory.boundedBytes)), \(size(memory.boundedBytesWhenFull)) when full "
            + "(lists \(size(memory.listBytesPerDay)) a day); orders \(size(memory.ordersBytes)); "
            + "grows by \(size(memory.growthPerDay)) a day for ever\(days)"
    }

    private static func gaps(_ gaps: [String: Int]) -> String {
        gaps.isEmpty ? "0" : gaps.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
    }

    private static func age(_ seconds: Double?) -> String {
        seconds.map { Duration.seconds(Int64($0)).short } ?? "-"
    }

    static func size(_ bytes: Int64) -> String {
        switch bytes {
        case ..<10_000: "\(bytes) B"
        case ..<10_000_000: "\(bytes / 1000) kB"
        case ..<10_000_000_000: "\(bytes / 1_000_000) MB"
        default: "\(bytes / 1_000_000_000) GB"
        }
    }

    private static func table(_ rows: [[String]]) -> [String] {
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let cells = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
            return String(cells.joined(separator: "  ").reversed().drop { $0 == " " }.reversed())
        }
    }
}
