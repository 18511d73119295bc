import Basics
import Redis
import Tape
import TopLists

/// Fetches lists that the index has, and renders them.
struct ListLoader: Sendable {
    enum Loaded: Sendable {
        case list(ListDescription, RenderedRows)
        case gap(Gap)
        /// The index does not have the minute, or its list has expired.
        case nothing
    }

    private let stream: String
    /// The titles of the columns to serve.
    private let columns: [String]
    private let keys: TapeKeys
    private let small: RedisClient
    private let large: RedisClient
    private let clock: TapeClock
    private let rowSize = RowSize()

    /// `large` fetches whole lists: on a connection of its own nobody else waits behind them.
    init(
        stream: String, columns: [String], keys: TapeKeys, small: RedisClient, large: RedisClient, clock: TapeClock
    ) {
        self.stream = stream
        self.columns = columns
        self.keys = keys
        self.small = small
        self.large = large
        self.clock = clock
    }

    /// All of the list that an entry of the index stands for, in all formats; nil when it has expired.
    func whole(_ entry: TapeEntry) async throws -> ServedList? {
        let description = try ListDescription(entry, wanted: columns)
        guard let text = try await large.send(RedisCommand("GET", key(entry.minute))).bytes else { return nil }
        var list = ServedList(description)
        for format in ListFormat.allCases {
            if let rows = try rows(StoredList(text, columns: description.columns), nil, format, of: description) {
                list.take(rows)
            }
        }
        return list
    }

    /// A part of a minute's list, in one round trip as a rule.
    ///
    /// What is `known` of the list already need not be read of the index.
    func load(_ part: ListPart, of known: ListDescription?) async throws -> Loaded {
        let size = part.rows.map(rowSize.bytes(of:))
        let (entry, text) = try await fetch(part.minute, size, isKnown: known != nil)
        if let gap = entry?.gap { return .gap(gap) }
        guard let description = try known ?? entry.map({ entry throws in try ListDescription(entry, wanted: columns) }),
            let text
        else {
            // What was known may have been deleted since.
            return known == nil ? .nothing : try await load(part, of: nil)
        }
        let isWhole = size.map { text.count < $0 } ?? true
        let stored = StoredList(text, isWhole: isWhole, columns: description.columns)
        if let rows = try rows(stored, part.rows, part.format, of: description) { return .list(description, rows) }
        return try await loadLonger(part, of: description)
    }

    /// The rows were longer than expected: all are fetched.
    private func loadLonger(_ part: ListPart, of description: ListDescription) async throws -> Loaded {
        guard let text = try await fetch(part.minute, nil, isKnown: true).text else { return .nothing }
        rowSize.wasShort(for: description.count, in: text.count)
        let stored = StoredList(text, columns: description.columns)
        let rows = try rows(stored, part.rows, part.format, of: description)
        return rows.map { .list(description, $0) } ?? .nothing
    }

    /// The index's entry, unless it is known, and the list's first bytes, or all.
    private func fetch(
        _ minute: Minute, _ size: Int?, isKnown: Bool
    ) async throws(RedisError) -> (entry: TapeEntry?, text: [UInt8]?) {
        let key = key(minute)
        let command = size.map { RedisCommand("GETRANGE", key, 0, $0 - 1) } ?? RedisCommand("GET", key)
        let redis = size == nil ? large : small
        var entry: TapeEntry?
        let text: [UInt8]?
        if isKnown {
            text = try await redis.send(command).bytes
        } else {
            let index = StreamReader(key: keys.stream(stream), redis: redis, clock: clock)
            let found = try await index.entry(at: minute, then: command)
            (entry, text) = (found.entry, found.reply.bytes)
        }
        // A range of nothing is empty.
        return (entry, text.flatMap { $0.isEmpty ? nil : $0 })
    }

    private func rows(
        _ stored: StoredList, _ limit: Int?, _ format: ListFormat, of list: ListDescription
    ) throws -> RenderedRows? {
        let expected = min(limit ?? .max, list.count)
        do throws(StoredList.Failure) {
            guard let rows = try stored.rows(first: expected, as: format, wanted: columns) else { return nil }
            if rows.count == expected { return rows }
        } catch {
            throw malformed(list, "\(error)")
        }
        throw malformed(list, "it has fewer rows")
    }

    private func malformed(_ list: ListDescription, _ reason: String) -> ListDescription.Malformed {
        let key = key(list.minute)
        return ListDescription.Malformed(
            description: "\(key) is not the list that the entry of \(stream) describes: \(reason)")
    }

    private func key(_ minute: Minute) -> String { keys.list(stream, minute) }
}
