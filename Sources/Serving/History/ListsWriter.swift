import Archive
import Basics
import Blocks
import NIOCore
import Synchronization
import TopLists

/// Streams the lists of many minutes: all of them, or the last of each step.
struct ListsWriter {
    let reader: ArchiveReader
    let range: HistoryRange
    /// The number of rows per list.
    let limit: Int
    let now: Timestamp
    private var body: MinuteRows

    /// How much is sent at once, in bytes.
    private static let piece = 262_144

    private typealias Send = (ByteBuffer) async throws -> Void

    init(
        _ reader: ArchiveReader, _ range: HistoryRange, limit: Int, _ format: ListFormat, _ titles: [String],
        now: Timestamp
    ) {
        (self.reader, self.range, self.limit, self.now) = (reader, range, limit, now)
        body = MinuteRows(format, titles)
    }

    mutating func write(_ minutes: Range<Minute>, _ send: (ByteBuffer) async throws -> Void) async throws {
        var minute = minutes.lowerBound
        while minute < minutes.upperBound {
            let end = min(minutes.upperBound, range.start(of: minute).advanced(byMinutes: range.step))
            if range.step == 1 {
                minute = try await writeHour(minute, to: minutes.upperBound, send)
            } else {
                try await writeLast(minute..<end)
                minute = end
            }
            if body.size >= Self.piece { try await send(body.take()) }
        }
        try await send(body.finish())
    }

    /// Writes all lists from a minute to the end of its hour, which are decoded together; returns the minute after them.
    private mutating func writeHour(_ first: Minute, to limitOfRange: Minute, _ send: Send) async throws -> Minute {
        let end = min(limitOfRange, BlockName.hour(of: first).end)
        // If a block turns out to be damaged, the next copy continues at the current minute.
        var (own, minute) = (body, first)
        let part = try await reader.part(of: first, now: now) { found in
            try await found.block.lists(
                from: found.offset(of: minute), upTo: found.offset(of: end), first: limit
            ) { offset, csv in
                let place = found.name.first.advanced(byMinutes: offset)
                for gap in (minute..<place).each { own.append(gap: try await found.gap(at: gap), at: gap) }
                append(csv, offset, found, at: place, to: &own)
                minute = place.advanced(byMinutes: 1)
                if own.size >= Self.piece { try await send(own.take()) }
            }
            for gap in (minute..<end).each { own.append(gap: try await found.gap(at: gap), at: gap) }
            minute = end
        }
        // The rest of the hour, which could not be read.
        for gap in (minute..<end).each { own.append(gap: part.gap, at: gap) }
        body = own
        return end
    }

    /// Writes the last list within the minutes; if there is none, a gap with the code of the last minute.
    private mutating func writeLast(_ minutes: Range<Minute>) async throws {
        let step = range.start(of: minutes.lowerBound)
        var end = minutes.upperBound
        var newest: String?
        while end > minutes.lowerBound {
            let last = end.advanced(byMinutes: -1)
            let part = try await reader.part(of: last, now: now) { found in
                let start = max(minutes.lowerBound, found.name.first)
                var gap: String?
                for minute in (start..<end).each.reversed() {
                    let offset = found.offset(of: minute)
                    if found.block.kind(offset) == .list, let csv = try await found.block.list(offset, first: limit) {
                        return (start: start, list: (csv: csv, offset: offset, found: found) as List?, gap: gap)
                    }
                    if gap == nil { gap = try await found.gap(at: minute) }
                }
                return (start, nil, gap)
            }
            switch part {
            case .read((_, let list?, _)): return append(list.csv, list.offset, list.found, at: step, to: &body)
            case .read((let start, nil, let gap)): (newest, end) = (newest ?? gap, start)
            case .missing, .unreadable:
                (newest, end) = (newest ?? part.gap, max(minutes.lowerBound, BlockName.hour(of: last).first))
            }
        }
        body.append(gap: newest ?? "missing", at: step)
    }

    private typealias List = (csv: [UInt8], offset: Int, found: ArchiveReader.Found)

    /// Appends a list's rows, each preceded by the minute.
    private func append(
        _ csv: [UInt8], _ offset: Int, _ found: ArchiveReader.Found, at minute: Minute, to body: inout MinuteRows
    ) {
        do throws(StoredList.Failure) {
            guard let columns = found.block.columns(offset) else { throw .headerMissing }
            try body.append(csv, columns, at: minute, first: limit)
        } catch {
            // As for `GET /`: the list does not match its entry.
            body.append(gap: "unreadable", at: minute)
        }
    }
}

/// Limits how many bodies are streamed at a time, because a slow client holds up to an hour of lists, about 10 MB.
final class StreamTurns: Sendable {
    private let free: Mutex<Int>

    init(_ most: Int) {
        free = Mutex(most)
    }

    /// Must be held while the body is sent; nil if there are too many.
    func take() -> Turn? {
        let isFree = free.withLock { free in
            guard free > 0 else { return false }
            free -= 1
            return true
        }
        return isFree ? Turn(self) : nil
    }

    final class Turn: Sendable {
        private let turns: StreamTurns

        fileprivate init(_ turns: StreamTurns) {
            self.turns = turns
        }

        deinit { turns.free.withLock { $0 += 1 } }
    }
}
