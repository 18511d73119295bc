import Archive
import Basics
import Blocks
import Redis
import Synchronization
import Tape
import TopLists

/// Fetches the lists in the index, and renders them.
struct ListLoader: Sendable {
    enum Loaded: Sendable {
        case list(ListDescription, RenderedRows)
        case gap(Gap)
        /// The index does not have the minute, or its list has expired.
        case nothing
    }

    private let stream: String
    private let shapes: ListShapes
    private let keys: TapeKeys
    private let small: RedisClient
    private let large: RedisClient
    private let archive: ArchiveReader?
    private let clock: TapeClock
    private let rowSize = RowSize()
    private let kept = KeptSince()
    private let described = Described()

    private static let mostDescribed = 1000

    /// Caches the descriptions of archived lists, with their digests.
    private final class Described: Sendable {
        private let known = Mutex<[Minute: (digest: [UInt8], description: ListDescription)]>([:])

        func withLock<Result>(
            _ body: (inout [Minute: (digest: [UInt8], description: ListDescription)]) -> Result
        ) -> Result {
            known.withLock { body(&$0) }
        }
    }

    /// The oldest minute for which Redis was seen to keep lists; older ones were trimmed for good.
    private final class KeptSince: Sendable {
        private let known = Mutex<(minute: Minute?, until: ContinuousClock.Instant)>((nil, .now))

        func isBefore(_ minute: Minute) -> Bool { known.withLock { $0.minute.map { minute < $0 } ?? false } }

        /// Reads it again, at most once a minute.
        func update(_ read: () async throws -> Minute?) async {
            let isDue = known.withLock { known in
                guard known.until <= .now else { return false }
                known.until = .now + .seconds(60)
                return true
            }
            guard isDue, let minute = try? await read() else { return }
            known.withLock { $0.minute = minute }
        }
    }

    /// `columns` are the titles of the columns to serve.
    ///
    /// `large` is a separate connection for whole lists, so that small requests do not wait behind them.
    init(
        stream: String, columns: [String], keys: TapeKeys, small: RedisClient, large: RedisClient,
        archive: ArchiveReader? = nil, clock: TapeClock
    ) {
        self.stream = stream
        shapes = ListShapes(wanted: columns)
        self.keys = keys
        self.small = small
        self.large = large
        self.archive = archive
        self.clock = clock
    }

    /// Whether one list may be away while others are not.
    var isOnCluster: Bool { small.endpoint.isCluster }

    /// The complete list of an entry of the index, in all formats; nil if it has expired.
    func whole(_ entry: TapeEntry) async throws -> ServedList? {
        let description = try describe(entry)
        guard let text = try await large.send(RedisCommand("GET", description.key)).bytes else { return nil }
        var list = ServedList(description)
        let stored = StoredList(text, description.shape)
        for format in ListFormat.allCases {
            if let rows = try rows(stored, nil, format, of: description) { list.take(rows) }
        }
        return list
    }

    /// Loads a part of a minute's list, usually in one round trip.
    ///
    /// If the description is `known`, the index is not read again. What Redis does not have, or cannot deliver, comes from the
    /// archive.
    func load(_ part: ListPart, of known: ListDescription?) async throws -> Loaded {
        // Redis is not asked for minutes that it has trimmed.
        if archive != nil, kept.isBefore(part.minute), let archived = try? await loadFromArchive(part) {
            return archived
        }
        do {
            let loaded = try await loadFromRedis(part, of: known)
            guard case .nothing = loaded, let archived = try await loadFromArchive(part) else { return loaded }
            await kept.update {
                try await StreamReader(key: keys.stream(stream), redis: small, clock: clock).oldest()?.minute
            }
            return archived
        } catch let error as RedisError where error.isTransient {
            guard let archived = try? await loadFromArchive(part) else { throw error }
            return archived
        }
    }

    /// Finds the block in the stores; returns nil if no block has the minute, or the block has nothing for it.
    private func loadFromArchive(_ part: ListPart) async throws -> Loaded? {
        guard let archive else { return nil }
        return try await archive.read(part.minute, now: clock.now, from: .stores) { found in
            try await loadFromBlock(part, found)
        }
    }

    /// Returns nil if the block has neither a list nor a gap of the minute.
    private func loadFromBlock(_ part: ListPart, _ found: ArchiveReader.Found) async throws -> Loaded? {
        let offset = found.offset(of: part.minute)
        if let gap = try await found.block.gap(offset) { return .gap(Gap(code: gap.code, detail: gap.detail)) }
        guard let info = try await found.block.info(offset),
            let text = try await found.block.list(offset, first: part.rows ?? .max)
        else { return nil }
        let description = try describe(info, of: part.minute)
        let rows = try rows(StoredList(text, description.shape), part.rows, part.format, of: description)
        return rows.map { .list(description, $0) }
    }

    /// The same description that Redis' entry would give; cached, because many requests are for the same minutes.
    private func describe(_ info: Block.ListInfo, of minute: Minute) throws -> ListDescription {
        if let known = described.withLock({ $0[minute] }), known.digest == info.digest { return known.description }
        var fields = [
            "columns": info.columns, "count": Array("\(info.count)".utf8), "sha256": Array(info.sha256.utf8),
        ]
        fields[SignificantDigits.field] = info.digits.map { Array("\($0)".utf8) }
        let description = try describe(TapeEntry(id: StreamID(minute), fields: fields))
        described.withLock { described in
            if described.count >= Self.mostDescribed { described = [:] }
            described[minute] = (info.digest, description)
        }
        return description
    }

    /// Fetches the index's entry, unless the list is known, and as much of the list as its rows probably take.
    private func loadFromRedis(_ part: ListPart, of known: ListDescription?) async throws -> Loaded {
        let size = part.rows.map(rowSize.bytes(of:))
        let (entry, text) = try await fetch(part.minute, size, known)
        if let gap = entry?.gap { return .gap(gap) }
        guard let description = try known ?? entry.map({ entry throws in try describe(entry) }),
            let text
        else {
            // The known list may have been deleted since.
            return known == nil ? .nothing : try await loadFromRedis(part, of: nil)
        }
        if let rows = try rows(part, in: text, of: size, description) { return .list(description, rows) }
        return try await loadWholeFromRedis(part, of: description)
    }

    /// Like `load`, for a small part of a known list, but without a task: completes on the connection's event loop, with nil if
    /// `load` must find out more.
    func loadSmallFromRedis(
        _ part: ListPart, of known: ListDescription,
        _ complete: @escaping @Sendable (Result<RenderedRows?, any Error>) -> Void
    ) {
        guard let size = part.rows.map(rowSize.bytes(of:)) else { return complete(.success(nil)) }
        small.send(Self.beginning(known.key, size)) { reply in
            complete(Result { try Self.text(reply.get()).flatMap { try rows(part, in: $0, of: size, known) } })
        }
    }

    /// How far to search for neighbours: a thousand gaps on either side.
    private static let mostGaps = 1000

    /// How many blocks without a list the search skips on either side.
    private static let mostBlocks = 30

    /// The nearest minutes with a list on both sides, in Redis or the archive, within the limits of the search.
    func neighbours(of minute: Minute) async throws -> ListHistory.Neighbours {
        let stored = try await storedNeighbours(of: minute)
        guard let archive else { return stored }
        let archived = await archivedNeighbours(of: minute, archive)
        return ListHistory.Neighbours(
            before: [stored.before, archived.before].compactMap(\.self).max(),
            after: [stored.after, archived.after].compactMap(\.self).min(),
            keptSince: [stored.keptSince, archived.keptSince].compactMap(\.self).min())
    }

    private func archivedNeighbours(
        of minute: Minute, _ archive: ArchiveReader
    ) async -> ListHistory.Neighbours {
        // If no store answers, only the neighbours in Redis are returned.
        guard let names = try? await archive.names() else { return ListHistory.Neighbours() }
        var near = ListHistory.Neighbours(keptSince: names.first?.first)
        for name in names.reversed().drop(while: { $0.first >= minute }).prefix(Self.mostBlocks)
        where near.before == nil {
            guard let found = try? await archive.stored(name) else { continue }
            let minutes = 0..<min(found.block.minutes, found.offset(of: minute))
            near.before = minutes.last { found.block.kind($0) == .list }.map(name.first.advanced(byMinutes:))
        }
        for name in names.drop(while: { $0.end <= minute }).prefix(Self.mostBlocks) where near.after == nil {
            guard let found = try? await archive.stored(name) else { continue }
            let minutes = max(0, found.offset(of: minute) + 1)..<max(found.block.minutes, found.offset(of: minute) + 1)
            near.after = minutes.first { found.block.kind($0) == .list }.map(name.first.advanced(byMinutes:))
        }
        return near
    }

    /// The neighbours in Redis, in one round trip.
    private func storedNeighbours(of minute: Minute) async throws(RedisError) -> ListHistory.Neighbours {
        let (start, next) = (StreamID(minute).milliseconds, StreamID(minute.advanced(byMinutes: 1)).milliseconds)
        let reply = try await small.evaluate(
            Self.neighbours, keys: [keys.stream(stream)], arguments: ["\(start)", "\(next)", Self.mostGaps])
        guard let ids = reply.array, ids.count == 3 else {
            throw RedisError(
                .unexpectedReply, command: "neighbours.lua", message: "a reply that is not as it should be")
        }
        let minutes = ids.map { $0.text.flatMap(StreamID.init)?.minute }
        return ListHistory.Neighbours(before: minutes[0], after: minutes[1], keptSince: minutes[2])
    }

    private static let neighbours = RedisScript(name: "neighbours", source: PackageResources.neighbours_lua)

    /// Fetches the whole list, after its rows turned out longer than expected.
    private func loadWholeFromRedis(_ part: ListPart, of description: ListDescription) async throws -> Loaded {
        guard let text = try await fetch(part.minute, nil, description).text else { return .nothing }
        rowSize.wasShort(for: description.count, in: text.count)
        let stored = StoredList(text, description.shape)
        let rows = try rows(stored, part.rows, part.format, of: description)
        return rows.map { .list(description, $0) } ?? .nothing
    }

    /// Fetches the index's entry, unless the description is known, and the first bytes of the list or all of them.
    private func fetch(
        _ minute: Minute, _ size: Int?, _ known: ListDescription?
    ) async throws(RedisError) -> (entry: TapeEntry?, text: [UInt8]?) {
        let key = known?.key ?? keys.list(stream, minute)
        let command = size.map { Self.beginning(key, $0) } ?? RedisCommand("GET", key)
        let redis = size == nil ? large : small
        guard known == nil else { return (nil, Self.text(try await redis.send(command))) }
        let index = StreamReader(key: keys.stream(stream), redis: redis, clock: clock)
        let found = try await index.entry(at: minute, then: command)
        return (found.entry, Self.text(found.reply))
    }

    /// An empty reply means that the list does not exist.
    private static func text(_ reply: RedisReply) -> [UInt8]? { reply.bytes.flatMap { $0.isEmpty ? nil : $0 } }

    private static func beginning(_ key: String, _ size: Int) -> RedisCommand {
        RedisCommand("GETRANGE", key, 0, size - 1)
    }

    /// Returns nil if the first `size` bytes were not enough.
    private func rows(
        _ part: ListPart, in text: [UInt8], of size: Int?, _ list: ListDescription
    ) throws -> RenderedRows? {
        let isWhole = size.map { text.count < $0 } ?? true
        let stored = StoredList(text, isWhole: isWhole, list.shape)
        return try rows(stored, part.rows, part.format, of: list)
    }

    private func rows(
        _ stored: StoredList, _ limit: Int?, _ format: ListFormat, of list: ListDescription
    ) throws -> RenderedRows? {
        let expected = min(limit ?? .max, list.count)
        do throws(StoredList.Failure) {
            guard let rows = try stored.rows(first: expected, as: format) else { return nil }
            if rows.count == expected { return rows }
        } catch {
            throw malformed(list, "\(error)")
        }
        throw malformed(list, "it has fewer rows")
    }

    private func malformed(_ list: ListDescription, _ reason: String) -> ListDescription.Malformed {
        ListDescription.Malformed(
            description: "\(list.key) is not the list that the entry of \(stream) describes: \(reason)")
    }

    private func describe(_ entry: TapeEntry) throws(ListDescription.Malformed) -> ListDescription {
        try ListDescription(entry, shapes, key: keys.list(stream, entry.minute))
    }
}
