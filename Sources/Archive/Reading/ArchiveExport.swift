package import Basics
import Blocks
package import NIOCore
package import TopLists

/// All rows that an archive has for a range of minutes, oldest first, from blocks and, for the last hours, from Redis.
///
/// Memory use does not grow with the range: one hour is decoded at a time, and a block is released after its last minute.
package struct ArchiveExport: Sendable {
    private let reader: ArchiveReader
    private let clock: @Sendable () -> Timestamp
    private let format: ListFormat
    /// The ids of the requested coins, in output order; nil for all coins.
    private let coins: [Int64]?

    /// The size of an output piece, in bytes.
    private static let piece = 262_144

    package init(
        _ reader: ArchiveReader, _ format: ListFormat, coins: [Int64]?, now: @escaping @Sendable () -> Timestamp
    ) {
        (self.reader, self.format, self.coins, clock) = (reader, format, coins, now)
    }

    /// The part of the range that can be known: from the oldest minute that is kept to the newest that is settled.
    ///
    /// Returns nil if there are none.
    package func known(of range: Range<Minute>) async throws -> Range<Minute>? {
        guard let oldest = try await reader.oldest(), let newest = try await reader.newest() else { return nil }
        let (from, to) = (max(range.lowerBound, oldest), min(range.upperBound, newest.advanced(byMinutes: 1)))
        return from < to ? from..<to : nil
    }

    /// Passes the bytes to `body` piece by piece; the CSV header comes first.
    ///
    /// An error from `body` ends the export. `report` is called with each block that no store has whole; its minutes become gaps.
    package func write(
        _ range: Range<Minute>, report: (ArchiveFailure) -> Void = { _ in }, _ body: (ByteBuffer) async throws -> Void
    ) async throws {
        let titles = try await titles(in: range)
        var rows = MinuteRows(format, titles)
        var minute = range.lowerBound
        while minute < range.upperBound {
            // One hour at a time, because the rows of its coins are decoded together.
            let end = min(range.upperBound, BlockName.hour(of: minute).end)
            let part = try await reader.part(of: minute, now: clock()) { found in
                // Called again if a block turns out to be damaged: continues at the minute that was reached.
                try await write(&minute, to: end, found, titles, &rows, body)
                if minute == found.name.end { reader.forget(found.name) }
            }
            if case .unreadable(let failure, _) = part { report(failure) }
            while minute < end {
                rows.append(gap: part.gap, at: minute)
                minute = minute.advanced(byMinutes: 1)
            }
            if rows.size >= Self.piece { try await body(rows.take()) }
        }
        try await body(rows.finish())
    }

    /// The titles of all columns of the lists in the range, in order of appearance.
    private func titles(in range: Range<Minute>) async throws -> [String] {
        var titles: [String] = []
        var minute = range.lowerBound
        while minute < range.upperBound {
            let part = try await reader.part(of: minute, now: clock()) { found in
                let end = min(range.upperBound, found.name.end)
                for offset in found.offset(of: minute)..<found.offset(of: end) {
                    for column in found.block.columns(offset) ?? [] where !titles.contains(column.name) {
                        titles.append(column.name)
                    }
                }
                reader.forget(found.name)
                return end
            }
            switch part {
            case .read(let end), .missing(let end), .unreadable(_, let end): minute = end
            }
        }
        return titles
    }

    private func write(
        _ next: inout Minute, to end: Minute, _ found: ArchiveReader.Found, _ titles: [String],
        _ rows: inout MinuteRows, _ body: (ByteBuffer) async throws -> Void
    ) async throws {
        let offsets = found.offset(of: next)..<found.offset(of: end)
        let coinRows = try await coinRows(in: offsets, found.block, titles)
        var (own, minute) = (rows, next)
        defer { (rows, next) = (own, minute) }
        func appendGaps(upTo end: Int) async throws {
            while found.offset(of: minute) < end {
                own.append(gap: try await found.gap(at: minute), at: minute)
                minute = minute.advanced(byMinutes: 1)
            }
        }
        func append(_ list: [UInt8]?, _ offset: Int) {
            defer { minute = minute.advanced(byMinutes: 1) }
            guard let list, let columns = found.block.columns(offset) else {
                return own.append(gap: list == nil ? "not-listed" : "unreadable", at: minute)
            }
            do {
                try own.append(list, columns, at: minute)
            } catch {
                own.append(gap: "unreadable", at: minute)
            }
        }
        if var coinRows {
            for offset in offsets where found.block.kind(offset) == .list {
                try await appendGaps(upTo: offset)
                // A list that is stored raw has no rows by coin.
                let list = found.block.isRaw(offset) ? [] : coinRows.takeList(offset, found.block.columns(offset) ?? [])
                append(list, offset)
                if own.size >= Self.piece { try await body(own.take()) }
            }
        } else {
            try await found.block.lists(from: offsets.lowerBound, upTo: offsets.upperBound) { offset, list in
                try await appendGaps(upTo: offset)
                append(list, offset)
                if own.size >= Self.piece { try await body(own.take()) }
            }
        }
        try await appendGaps(upTo: offsets.upperBound)
    }

    /// The rows of the requested coins; nil if all coins are requested.
    private func coinRows(in offsets: Range<Int>, _ block: Block, _ titles: [String]) async throws -> CoinRowsInOrder? {
        guard let coins else { return nil }
        var coinRows = CoinRowsInOrder(titles: titles)
        for coin in coins {
            coinRows.coins.append((try await block.rows(ofCoin: coin, in: offsets, columns: titles), 0))
        }
        return coinRows
    }

    /// The rows of some coins, taken minute by minute.
    private struct CoinRowsInOrder {
        let titles: [String]
        /// Each coin's rows, and how many of them are consumed.
        var coins: [(rows: Block.CoinRows, taken: Int)] = []

        /// Returns a list with these columns that has only these coins; nil if it has none of them.
        ///
        /// Must be called for ascending minutes.
        mutating func takeList(_ minute: Int, _ columns: [ListColumn]) -> [UInt8]? {
            var list: [UInt8] = []
            CSV.append(header: columns.map(\.name), to: &list)
            let header = list.count
            let places = columns.map { column in titles.firstIndex(of: column.name) }
            for index in coins.indices {
                let (rows, taken) = coins[index]
                guard taken < rows.count, rows.minutes[taken] == minute else { continue }
                coins[index].taken += 1
                for (number, place) in places.enumerated() {
                    if number > 0 { list.append(UInt8(ascii: ",")) }
                    // As in the stored list, quotes included.
                    if let place { _ = rows.append(taken, place, to: &list) }
                }
                list += CSV.endOfLine
            }
            return list.count > header ? list : nil
        }
    }
}
