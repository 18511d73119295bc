import Archive
import Basics
import Blocks
import NIOCore
import TopLists

/// Reads a coin's history from blocks, and from Redis for the last hours.
struct CoinHistoryReader: Sendable {
    let reader: ArchiveReader
    /// The titles of the columns to serve.
    let columns: [String]
    /// The maximum number of rows in a response.
    let mostRows: Int

    /// The result of a read.
    struct Reading {
        let history: CoinHistory
        /// The columns of the cells in the history's rows.
        fileprivate let columns: [ListColumn]
        /// To how many significant digits some of it was rounded; nil if everything has all digits.
        fileprivate(set) var digits: Int?
        /// False if a minute is missing or damaged, because it may still be copied from another archive.
        fileprivate(set) var isWhole = true
        /// Whether the coin may have been in one of the lists.
        fileprivate(set) var mayHaveCoin = false
    }

    private struct Take {
        let minute: Minute
        /// nil for a gap.
        let cells: [[UInt8]?]?
        let gap: String
    }

    private static let aggregated = ["Open", "High", "Low", "Close", ColumnTitle.rank]

    func read(
        _ id: Int64, _ range: HistoryRange, _ aggregation: CoinHistory.Aggregation, in minutes: Range<Minute>,
        now: Timestamp
    ) async throws -> Reading {
        let types = try await types(in: minutes, now)
        let served = columns.filter { types[$0] != .string }
        let (price, rank) = (
            first(.decimal, types) ?? ColumnTitle.price, first(.integer, types) ?? ColumnTitle.rank
        )
        let wanted = aggregation == .last ? served : [price, rank]
        // In an aggregation, all columns except the rank are prices.
        let titles = aggregation == .last ? served : Self.aggregated
        let kinds = aggregation == .last ? served : Self.aggregated.dropLast().map { _ in price } + [rank]
        // All prices of a step count, or only its last row.
        let step = aggregation == .last ? range.step : 1
        var history = CoinHistory(range, aggregation, limit: mostRows)
        var (digits, isWhole, mayHaveCoin) = (nil as Int?, true, false)
        try await inOrder(days(of: minutes), ahead: Self.ahead) { day in
            try await parts(of: id, in: day, wanted, lastOf: step, now: now)
        } _: { parts in
            for part in parts where history.next == nil {
                switch part {
                case .read(let takes, let own):
                    digits = [digits, own].compactMap(\.self).min()
                    for take in takes where history.next == nil {
                        history.take(take.minute, take.cells, gap: take.gap)
                        isWhole = isWhole && take.gap != "missing"
                        mayHaveCoin = mayHaveCoin || take.cells != nil
                    }
                case .none(let minutes, let gap, let isUnreadable):
                    for minute in minutes.each { history.take(minute, nil, gap: gap) }
                    isWhole = false
                    mayHaveCoin = mayHaveCoin || isUnreadable
                }
            }
            return history.next == nil
        }
        history.finish()
        return Reading(
            history: history, columns: zip(titles, kinds).map { ListColumn(name: $0, type: types[$1] ?? .decimal) },
            digits: digits, isWhole: isWhole, mayHaveCoin: mayHaveCoin)
    }

    /// How many days are read at a time, to wait only once for a remote store or a slow disk.
    private static let ahead = 4

    /// The result for one block, or for minutes that are in no block.
    private enum DayPart {
        case read([Take], digits: Int?)
        case none(Range<Minute>, gap: String, isUnreadable: Bool)
    }

    private func days(of minutes: Range<Minute>) -> [Range<Minute>] {
        var days: [Range<Minute>] = []
        var first = minutes.lowerBound
        while first < minutes.upperBound {
            let end = min(minutes.upperBound, BlockName.day(of: first).end)
            days.append(first..<end)
            first = end
        }
        return days
    }

    private func parts(
        of id: Int64, in minutes: Range<Minute>, _ wanted: [String], lastOf step: Int, now: Timestamp
    ) async throws -> [DayPart] {
        var parts: [DayPart] = []
        var minute = minutes.lowerBound
        while minute < minutes.upperBound {
            let part = try await reader.part(of: minute, now: now) { found in
                let own = minute..<min(minutes.upperBound, found.name.end)
                let takes = try await takes(of: id, own, found, wanted, lastOf: step)
                return (takes: takes, end: own.upperBound, digits: try await found.block.digits())
            }
            switch part {
            case .read(let (takes, end, digits)):
                parts.append(.read(takes, digits: digits))
                minute = end
            case .missing(let end), .unreadable(_, let end):
                let own = minute..<min(minutes.upperBound, end)
                let isUnreadable = if case .unreadable = part { true } else { false }
                parts.append(.none(own, gap: part.gap, isUnreadable: isUnreadable))
                minute = own.upperBound
            }
        }
        return parts
    }

    private func takes(
        of id: Int64, _ minutes: Range<Minute>, _ found: ArchiveReader.Found, _ wanted: [String], lastOf step: Int
    ) async throws -> [Take] {
        let offsets = found.offset(of: minutes.lowerBound)..<found.offset(of: minutes.upperBound)
        let rows = try await found.block.rows(ofCoin: id, in: offsets, columns: wanted)
        var takes: [Take] = []
        takes.reserveCapacity(offsets.count)
        var row = 0
        for offset in offsets {
            let minute = found.name.first.advanced(byMinutes: offset)
            guard row < rows.count, rows.minutes[row] == offset else {
                takes.append(Take(minute: minute, cells: nil, gap: try await gap(at: minute, found)))
                continue
            }
            defer { row += 1 }
            // Skip the row if another one of the same step follows.
            if row + 1 < rows.count, rows.minutes[row + 1] / step == offset / step { continue }
            takes.append(
                Take(minute: minute, cells: wanted.indices.map { rows.cell(row, $0) }, gap: ""))
        }
        return takes
    }

    /// Why a minute has no row of the coin.
    private func gap(at minute: Minute, _ found: ArchiveReader.Found) async throws -> String {
        let offset = found.offset(of: minute)
        guard found.block.kind(offset) == .list else { return try await found.gap(at: minute) }
        return found.block.isRaw(offset) ? "unreadable" : "not-listed"
    }

    /// The types of the columns in the newest lists.
    private func types(in minutes: Range<Minute>, _ now: Timestamp) async throws -> [String: ListColumn.Kind] {
        var end = minutes.upperBound
        var reads = 0
        while end > minutes.lowerBound, reads < 50 {
            reads += 1
            let last = end.advanced(byMinutes: -1)
            let part = try await reader.part(of: last, now: now) { found in
                let columns = (0...found.offset(of: last)).reversed().lazy.compactMap(found.block.columns).first
                return (columns: columns, first: found.name.first)
            }
            switch part {
            case .read((let columns?, _)):
                return Dictionary(columns.map { ($0.name, $0.type) }, uniquingKeysWith: { first, _ in first })
            case .read((nil, let first)): end = first
            case .missing, .unreadable: end = BlockName.hour(of: last).first
            }
        }
        return [ColumnTitle.rank: .integer, ColumnTitle.symbol: .string, ColumnTitle.price: .decimal]
    }

    private func first(_ kind: ListColumn.Kind, _ types: [String: ListColumn.Kind]) -> String? {
        columns.first { types[$0] == kind }
    }
}

extension CoinHistoryReader.Reading {
    func body(_ format: ListFormat) throws(StoredList.Failure) -> ByteBuffer {
        var body = MinuteRows(format, columns.map(\.name))
        var csv: [UInt8] = []
        for row in history.rows {
            switch row {
            case .cells(let minute, let cells):
                csv += "\(minute)".utf8
                for cell in cells {
                    csv.append(UInt8(ascii: ","))
                    csv += cell ?? []
                }
                csv += CSV.endOfLine
            case .gap(let minute, let code):
                if !csv.isEmpty { try body.append(csv, columns) }
                csv = []
                body.append(gap: code, at: minute)
            }
        }
        if !csv.isEmpty { try body.append(csv, columns) }
        return body.finish()
    }
}
