import Basics
import Foundation
import Tape

/// `cointape status`: shows the condition of the tape that these configs describe, for people or for programs.
package struct StatusCommand: Sendable {
    /// `text` is for people, `json` for programs.
    package enum Form: Sendable {
        case text, json
    }

    private let reader: StatusReader

    /// Without paths, reads the configs of the config folder.
    package init(_ paths: [String], environment: Environment) throws {
        let paths = paths.isEmpty ? try ConfigFiles.paths(in: environment["CONFIG_DIR"] ?? "config") : paths
        reader = StatusReader(
            configs: try ConfigFiles.load(paths, environment: environment.variables, requiringNeeds: false),
            clock: try environment.clock())
    }

    /// Returns the report, and whether all is well.
    package func report(_ form: Form) async throws -> (text: String, isWell: Bool) {
        let report = await reader.read()
        switch form {
        case .text: return (StatusText(report: report).text, report.problems.isEmpty)
        case .json:
            // Indented for people too, and with the fields in alphabetical order; speed does not matter here.
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
            encoder.keyEncodingStrategy = .convertToSnakeCase
            return (String(decoding: try encoder.encode(report), as: UTF8.self), report.problems.isEmpty)
        }
    }
}

/// The report for people: tables, followed by the problems.
struct StatusText {
    let report: StatusReport

    var text: String {
        var lines = report.servers.flatMap { server in
            let limit = server.maxBytes.map { "of \(Self.size($0))" } ?? "and no limit"
            let memory = server.usedBytes.map { "\(Self.size($0)) \(limit)" } ?? "memory unknown"
            let head =
                "\(report.time)  redis \(server.redis), \(server.server ?? "version") \(ShownText.line(server.version))"
            return ["\(head), \(memory)"] + (server.memory.map { [Self.words($0)] } ?? [])
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
                + report.workers.map {
                    [$0.name, $0.kind, $0.alive.map { "\($0)" } ?? "unknown", $0.lastMinute ?? "-", $0.look]
                })
        for archive in report.archives { lines += ["", Self.words(archive), "  \(archive.look)"] }
        for budget in report.budgets { lines += ["", Self.words(budget), "  \(budget.look)"] }
        if let ledger = report.ledger { lines += ["", Self.words(ledger), "  \(ledger.look)"] }
        lines.append("")
        lines += report.unknown.map { "not known: \(ShownText.line($0))" }
        lines += report.problems.isEmpty ? ["all is well"] : ["what is wrong:"]
        for problem in report.problems {
            lines.append("  \(problem.what)")
            lines += problem.mend.map { "    \($0)" }
        }
        return lines.joined(separator: "\n")
    }

    private static func words(_ budget: StatusReport.Budget) -> String {
        let end = budget.usedUp.map { ", used up \($0)" } ?? ""
        let resets = budget.resets.map { ", more from \($0)" } ?? ""
        return
            "budget \(ShownText.line(budget.name)): \(budget.spent) of \(budget.plan) credits are spent, \(budget.left) are left\(end)\(resets)"
    }

    private static func words(_ archive: StatusReport.Archive) -> String {
        let stores = ShownText.line(archive.stores.joined(separator: " and "))
        guard let hour = archive.newestHour else { return "\(archive.name): no hour is sealed yet, in \(stores)" }
        let bytes = archive.bytesPerDay.map { ", \(size(Int64($0))) a day" } ?? ""
        let missing =
            archive.missingHours == 0 && archive.missingMinutes == 0
            ? "nothing is missing"
            : "\(archive.missingHours) hours are missing, and \(archive.missingMinutes) minutes of the last 24 hours"
        return
            "\(archive.name): sealed up to the hour \(hour), which ended \(age(archive.lag)) ago; \(archive.hours) hours, "
            + "\(archive.days) days\(bytes) in \(stores); \(missing)"
    }

    private static func words(_ ledger: StatusReport.Ledger) -> String {
        guard ledger.isOpen else { return "orders: there is no ledger that can be read" }
        let behind =
            switch ledger.unprojected {
            case 0?: "all are projected"
            case let count?: "\(count) wait to be projected"
            case nil: "how many wait to be projected is unknown"
            }
        let orders = ledger.orders.map { "\($0)" } ?? "an unknown number"
        return "orders: \(orders) of \(ledger.kind ?? "unknown") rates, \(ledger.soldBTC ?? "unknown") BTC sold, "
            + "\(ledger.leftBTC ?? "unknown") left; \(behind)"
    }

    private static func words(_ memory: StatusReport.Memory) -> String {
        let days = memory.daysLeft.map { ", \(Int(min($0, 1e9))) days until maxmemory" } ?? ""
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
