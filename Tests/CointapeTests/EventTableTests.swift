import Foundation
import Testing

/// The table of docs/reference/logging.md against the code that logs.
@Suite struct EventTableTests {
    private struct Row: Equatable {
        var levels: Set<String> = []
        var keys: Set<String> = []
    }

    private static func table() throws -> [String: Row] {
        let page = try String(contentsOfFile: "\(Repository.path)/docs/reference/logging.md", encoding: .utf8)
        var rows: [String: Row] = [:]
        for line in page.split(separator: "\n") where line.hasPrefix("| `") {
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            try #require(cells.count == 4, "\(line)")
            let levels = cells[1].split(separator: ", ").map(String.init)
            let keys = cells[3].matches(of: /`([^`]+)`/).map { String($0.1) }
            #expect(keys == keys.sorted(), "\(line)")
            rows[String(cells[0].dropFirst().dropLast())] = Row(levels: Set(levels), keys: Set(keys))
        }
        return rows
    }

    private static func sources() throws -> [String] {
        let root = "\(Repository.path)/Sources"
        let paths = try #require(FileManager.default.enumerator(atPath: root)).compactMap { $0 as? String }
        return try paths.filter { $0.hasSuffix(".swift") }.map {
            try String(contentsOfFile: "\(root)/\($0)", encoding: .utf8)
        }
    }

    /// `minuteFetched` to `minute.fetched`, as declared in the code.
    private static func constants(_ file: String) throws -> [String: String] {
        let text = try String(contentsOfFile: "\(Repository.path)/Sources/Logs/\(file)", encoding: .utf8)
        let found = text.matches(of: /static let (\w+)(?:: Self)? = "([^"]+)"/).map { (String($0.1), String($0.2)) }
        return Dictionary(uniqueKeysWithValues: found)
    }

    @Test func `the table has every event, and no other`() throws {
        let events = try Self.constants("LogEvents.swift")
        #expect(events.count >= 18)
        #expect(Set(try Self.table().keys) == Set(events.values))
        #expect(Set(events.values).count == events.count)
    }

    @Test func `every event is logged at the levels that the table says`() throws {
        let events = try Self.constants("LogEvents.swift")
        var levels: [String: Set<String>] = [:]
        for text in try Self.sources() {
            // As in: logger.info(.minuteFetched; log(level: isFirst ? .warning : .debug, .workerRetries; line(.error, "\(….logLost)"
            for call in text.matches(of: /\.(\w+)\(\s*\.(\w+)[,)]/) {
                guard let event = events[String(call.2)] else { continue }
                levels[event, default: []].insert(String(call.1))
            }
            for call in text.matches(
                of: /level: \w+ && !\w+ \? \.(\w+) : \.(\w+), \.(\w+)|level: \w+ \? \.(\w+) : \.(\w+), \.(\w+)/)
            {
                let parts = [call.1, call.2, call.3, call.4, call.5, call.6].compactMap { $0.map(String.init) }
                let event = try #require(events[parts[2]])
                levels[event, default: []].formUnion(parts.prefix(2))
            }
            for call in text.matches(of: /line\(\s*\.(\w+), "\\\(Logger\.Message\.(\w+)\)"/) {
                levels[try #require(events[String(call.2)]), default: []].insert(String(call.1))
            }
        }
        for (event, row) in try Self.table() { #expect(levels[event] == row.levels, "\(event)") }
    }

    @Test func `the table's keys are keys of the code`() throws {
        let keys = Set(try Self.constants("LogKey.swift").values)
        for (event, row) in try Self.table() { #expect(row.keys.isSubset(of: keys), "\(event)") }
    }

    @Test func `nothing is logged under a name that is no constant, nor with a key that is none`() throws {
        for text in try Self.sources() {
            #expect(text.firstMatch(of: /logger\.(trace|debug|info|notice|warning|error|critical)\(\s*"/) == nil)
            #expect(text.firstMatch(of: /metadata: \[\s*"/) == nil && text.firstMatch(of: /metadata\["/) == nil)
        }
    }
}
