package import Basics
import Digests
import Synchronization
package import TopLists

/// A block that is read piece by piece; what was read of its outline and its directory is kept.
///
/// Everything is checked before it is used: a damaged part throws `BlockDamage`, and nothing of it is given out.
package final class Block: Sendable {
    private let source: any BlockSource
    let outline: Outline
    private let cache: Mutex<Cache>

    private struct Cache {
        /// What was read with the outline, until something else is read.
        var ahead: ArraySlice<UInt8>?
        var groups: [DirectoryGroup?]
        var minutes: [MinutesPart?]
        /// The segment of which a list was asked for last.
        var asked: Int?
        /// The first rows of all lists of a segment, decoded.
        var kept: (segment: Int, limit: Int, rows: SegmentRows)?
    }

    /// The number of bytes that are read at first: of a day of some thousand coins these are the head, the outline, the minutes'
    /// parts and the directory of the first few hundred coins, so that their rows take one more read.
    private static let firstRead = 73_728

    package static func open(_ source: any BlockSource) async throws -> Block {
        let first = try await source.read([0..<min(source.size, firstRead)])[0]
        let head = try BlockHead(first)
        guard head.size == source.size else {
            throw BlockDamage("the block has \(source.size) bytes, and its head tells of \(head.size)")
        }
        var outline = Array(first.dropFirst(BlockHead.size).prefix(head.outline.count))
        let read = BlockHead.size + outline.count
        if read < head.outline.upperBound { outline += try await source.read([read..<head.outline.upperBound])[0] }
        return Block(source, try Outline(head, outline), ahead: first.dropFirst(min(read, first.count)))
    }

    private init(_ source: any BlockSource, _ outline: Outline, ahead: ArraySlice<UInt8>) {
        self.source = source
        self.outline = outline
        cache = Mutex(
            Cache(
                ahead: ahead, groups: Array(repeating: nil, count: outline.groups.count),
                minutes: Array(repeating: nil, count: outline.segments.count)))
    }

    /// Of the whole block, in bytes.
    package var size: Int { source.size }

    /// False once another block has taken its place: it reads on as it was.
    package var isCurrent: Bool { source.isCurrent }

    /// Bytes of the block as they are, unchecked.
    package func bytes(_ range: Range<Int>) async throws -> [UInt8] { try await source.read([range])[0] }

    package var first: Minute { outline.head.first }
    /// How many minutes the block is about.
    package var minutes: Int { outline.head.minutes }
    /// How many coins are in any of its lists.
    package var coins: Int { outline.keys.count }

    /// What a minute is, as far as the outline says it.
    package enum Kind: Equatable, Sendable {
        case list, gap, missing
    }

    /// Minutes are counted from the block's first, everywhere; nil for one that is not in the block.
    package func kind(_ minute: Int) -> Kind? {
        guard let place = outline.segment(at: minute) else { return nil }
        let placed = outline.segments[place]
        switch placed.segment.kinds[minute - placed.start] {
        case .missing: return .missing
        case .gap: return .gap
        case .rows, .raw: return .list
        }
    }

    /// How many minutes are of a kind.
    package func count(_ kind: Kind) -> Int { (0..<minutes).count { self.kind($0) == kind } }

    package func has(coin key: Int64) -> Bool { outline.place(of: key) != nil }

    /// The columns of a minute's list; nil if there is none, or if they cannot be read.
    package func columns(_ minute: Int) -> [ListColumn]? {
        guard let place = place(minute), place.list != nil, let columns = layout(place)?.columns else { return nil }
        return columns.isEmpty ? nil : columns
    }

    /// Whether a minute's list is kept as it is, and so shows in no coin's rows.
    package func isRaw(_ minute: Int) -> Bool { place(minute)?.kind == .raw }

    /// The keys of all coins, ascending.
    package var keys: [Int64] { outline.keys }

    // MARK: Minutes

    /// What is told of a list beside its rows.
    package struct ListInfo: Equatable, Sendable {
        /// As it was stored in Redis' entry, in JSON.
        package let columns: [UInt8]
        package let count: Int
        /// The SHA-256 of the list, 32 bytes.
        package let digest: [UInt8]
        package let fields: [BlockList.Field]

        /// The digest in hexadecimal.
        package var sha256: String { digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }

        /// To how many significant digits its decimals were rounded; nil for a list as it was.
        package var digits: Int? {
            fields.first { $0.name == SignificantDigits.field }.flatMap {
                Int(String(decoding: $0.value, as: UTF8.self))
            }
        }
    }

    /// nil where there is no list.
    package func info(_ minute: Int) async throws -> ListInfo? {
        guard let place = place(minute), let list = place.list, let layout = layout(place) else { return nil }
        let part = try await minutesPart(place.segment)
        let fields = zip(layout.fields, part.fields).compactMap { name, values in
            values[list].map { BlockList.Field(name: name, value: $0) }
        }
        return ListInfo(
            columns: layout.json, count: part.counts[list], digest: part.digests[list], fields: fields)
    }

    /// How many digits the decimals of its lists have at most that were rounded; nil for a block of lists as they were.
    package func digits() async throws -> Int? {
        guard outline.layouts.contains(where: { $0.fields.contains(SignificantDigits.field) }) else { return nil }
        for minute in 0..<minutes {
            if let digits = try await info(minute)?.digits { return digits }
        }
        return nil
    }

    /// nil where there is no gap.
    package func gap(_ minute: Int) async throws -> (code: String, detail: String)? {
        guard let place = place(minute), place.kind == .gap else { return nil }
        return try await minutesPart(place.segment).gaps[place.number]
    }

    private struct Place {
        let segment: Int
        let minute: Int
        let kind: Segment.Kind
        /// Its place among those of the segment that are of the same kind.
        let number: Int
        /// Its place among the segment's lists; nil if it has none.
        let list: Int?
    }

    private func place(_ minute: Int) -> Place? {
        guard let index = outline.segment(at: minute) else { return nil }
        let placed = outline.segments[index]
        let before = placed.segment.kinds[..<(minute - placed.start)]
        let kind = placed.segment.kinds[minute - placed.start]
        return Place(
            segment: index, minute: minute, kind: kind, number: before.count { $0 == kind },
            list: kind.isList ? before.count(where: \.isList) : nil)
    }

    private func layout(_ place: Place) -> Layout? {
        outline.segments[place.segment].segment.layout.map { outline.layouts[$0] }
    }

    private func minutesPart(_ segment: Int) async throws -> MinutesPart {
        if let part = cache.withLock({ $0.minutes[segment] }) { return part }
        let placed = outline.segments[segment]
        let bytes = try await read([placed.minutesPart])[0]
        let fields = placed.segment.layout.map { outline.layouts[$0].fields.count } ?? 0
        let part = try MinutesPart(bytes, kinds: placed.segment.kinds, fields: fields)
        cache.withLock { $0.minutes[segment] = part }
        return part
    }

    // MARK: Lists

    /// The CSV of a list: its first rows, or all if there are fewer; nil where there is no list.
    ///
    /// A list that is kept as it is comes as a whole.
    package func list(_ minute: Int, first limit: Int = .max) async throws -> [UInt8]? {
        guard let place = place(minute), place.list != nil else { return nil }
        guard place.kind == .rows else { return try await rawList(place) }
        guard limit <= Self.longestKept else {
            let rows = try await rows(of: place.segment, lists: place.number..<place.number + 1, bestBelow: limit)
            return rows.csv(place.number, first: limit)
        }
        return try await shortList(place, first: limit)
    }

    /// Who asks for a second list of an hour likely asks for more of them: all of it is decoded, and kept.
    private func shortList(_ place: Place, first limit: Int) async throws -> [UInt8] {
        let (kept, isFirst) = cache.withLock { cache -> (SegmentRows?, Bool) in
            if let kept = cache.kept, kept.segment == place.segment, kept.limit >= limit { return (kept.rows, false) }
            defer { cache.asked = place.segment }
            return (nil, cache.asked != place.segment)
        }
        if let kept { return kept.csv(place.number, first: limit) }
        let tables = outline.segments[place.segment].segment.tables
        let lists = isFirst ? place.number..<place.number + 1 : 0..<tables
        var rows = try await rows(of: place.segment, lists: lists, bestBelow: limit)
        if !isFirst {
            rows = rows.inOrder()
            cache.withLock { [rows] in $0.kept = (place.segment, limit, rows) }
        }
        return rows.csv(place.number, first: limit)
    }

    /// In rows; an hour of lists as long takes a few megabytes.
    private static let longestKept = 500

    /// Forgets the lists that were decoded and kept, at most some megabytes.
    package func dropLists() { cache.withLock { ($0.kept, $0.asked) = (nil, nil) } }

    /// All lists of the hour that has the minute, from it on, which are decoded together.
    ///
    /// `body` gets each minute and its list, in order.
    package func lists(
        from minute: Int, upTo end: Int, first limit: Int = .max, _ body: (Int, [UInt8]) async throws -> Void
    ) async throws {
        var minute = minute
        while minute < min(end, minutes), let first = place(minute) {
            let placed = outline.segments[first.segment]
            let segmentEnd = placed.start + placed.segment.kinds.count
            var rows: SegmentRows?
            for minute in minute..<min(end, segmentEnd) {
                guard let place = place(minute), place.list != nil else { continue }
                guard place.kind == .rows else {
                    try await body(minute, try await rawList(place))
                    continue
                }
                // From here on, all that is left of the hour.
                let lists = place.number..<placed.segment.tables
                let decoded =
                    if let rows { rows } else { try await self.rows(of: place.segment, lists: lists, bestBelow: limit) }
                rows = decoded
                try await body(minute, decoded.csv(place.number, first: limit))
            }
            minute = segmentEnd
        }
    }

    private func rawList(_ place: Place) async throws -> [UInt8] {
        let part = try await minutesPart(place.segment)
        let raw = outline.segments[place.segment].raw
        let start = raw.lowerBound + part.rawLengths[..<place.number].reduce(0, +)
        let end = start + part.rawLengths[place.number]
        guard start <= end, raw.lowerBound <= start, end <= raw.upperBound else {
            throw BlockDamage("a list that is kept as it is lies outside of the block")
        }
        let bytes = try await source.read([start..<end])[0]
        guard let list = place.list, Digest.sha256Bytes(bytes) == part.digests[list] else {
            throw BlockDamage(
                "the list of \(first.advanced(byMinutes: place.minute)) is not what was written: its SHA-256 differs")
        }
        return bytes
    }

    /// The rows that some lists of a segment have of all coins that are ever among the first `limit` rows.
    private func rows(of segment: Int, lists: Range<Int>, bestBelow limit: Int) async throws -> SegmentRows {
        let placed = outline.segments[segment]
        guard let layout = placed.segment.layout.map({ outline.layouts[$0] }) else {
            return SegmentRows(lists, header: [])
        }
        var coins: [(key: Int64, entry: DirectoryGroup.Entry)] = []
        var group = 0
        search: while group < outline.groups.count {
            // As many as are likely needed at once.
            let wanted = group == 0 ? min(limit, outline.keys.count) * 5 / 4 / Outline.groupSize + 1 : 1
            let groups = group..<min(outline.groups.count, group + wanted)
            for (number, read) in zip(groups, try await directory(groups)) {
                for (index, entry) in read.entries.enumerated() {
                    if entry.best >= limit { break search }
                    guard !entry.chunks[segment].isEmpty else { continue }
                    coins.append((outline.keysByPlace[number * Outline.groupSize + index], entry))
                }
            }
            group = groups.upperBound
        }
        let pieces = try await read(coins.map { $0.entry.chunks[segment] })
        let writer = RowWriter(layout, placed.segment.order, outline.labelNames)
        var rows = SegmentRows(lists, header: layout.header)
        let minutes = placed.segment.kinds.indices.filter { placed.segment.kinds[$0] == .rows }.map {
            placed.start + $0
        }
        let columns = layout.chunkColumns(placed.segment.order).count
        for (coin, bytes) in zip(coins, pieces) {
            let chunk = try Chunk(bytes, lists: minutes.count, columns: columns)
            rows.append(coin.key, coin.entry, chunk, writer, minutes: minutes)
        }
        return rows
    }

    /// Reads adjacent ranges as one.
    func read(_ ranges: [Range<Int>]) async throws -> [ArraySlice<UInt8>] {
        var joined: [Range<Int>] = []
        for range in ranges {
            if let last = joined.last, last.upperBound == range.lowerBound {
                joined[joined.count - 1] = last.lowerBound..<range.upperBound
            } else {
                joined.append(range)
            }
        }
        if let ahead = cache.withLock({ $0.ahead }) {
            if ranges.allSatisfy({ ahead.startIndex <= $0.lowerBound && $0.upperBound <= ahead.endIndex }) {
                return ranges.map { ahead[$0] }
            }
            cache.withLock { $0.ahead = nil }
        }
        let pieces = try await source.read(joined)
        var piece = 0
        return ranges.map { range in
            while joined[piece].upperBound < range.upperBound { piece += 1 }
            let start = joined[piece].lowerBound
            return pieces[piece][(range.lowerBound - start)..<(range.upperBound - start)]
        }
    }

    func directory(_ groups: Range<Int>) async throws -> [DirectoryGroup] {
        let missing = cache.withLock { cache in groups.filter { cache.groups[$0] == nil } }
        if !missing.isEmpty {
            for (number, bytes) in zip(missing, try await read(missing.map { outline.groups[$0].directory })) {
                let group = try DirectoryGroup(Array(bytes), number: number, outline)
                cache.withLock { $0.groups[number] = group }
            }
        }
        return cache.withLock { cache in groups.compactMap { cache.groups[$0] } }
    }

    // MARK: Whole blocks

    /// Everything, to be made a part of another block.
    package func contents() async throws -> BlockContents {
        var contents = BlockContents(first: first)
        contents.layouts = outline.layouts
        contents.labelNames = outline.labelNames
        for placed in outline.segments {
            let bytes = try await source.read([placed.minutesPart, placed.raw])
            contents.segments.append(
                Segment(
                    layout: placed.segment.layout, order: placed.segment.order, kinds: placed.segment.kinds,
                    minutes: bytes[0], raw: bytes[1]))
        }
        for (number, group) in try await directory(0..<outline.groups.count).enumerated() {
            for (index, entry) in group.entries.enumerated() {
                let key = outline.keysByPlace[number * Outline.groupSize + index]
                let chunks = try await source.read(entry.chunks)
                contents.coins[key] = Coin(best: entry.best, chunks: chunks, labels: entry.labels)
            }
        }
        return contents
    }

    /// Decodes all of the block; throws where a list is not the one whose digest the block has.
    package func verify() async throws {
        for segment in outline.segments.indices { _ = try await minutesPart(segment) }
        for minute in 0..<minutes where kind(minute) == .list { _ = try await info(minute) }
        try await lists(from: 0, upTo: minutes) { minute, csv in
            guard let info = try await self.info(minute), Digest.sha256Bytes(csv) == info.digest else {
                throw BlockDamage(
                    "the list of \(first.advanced(byMinutes: minute)) is not what was written: its SHA-256 differs")
            }
        }
    }
}
