import Archive
import Basics
import Blocks
import Tape
import TopLists

/// Which coins existed, with their symbols and times: from all blocks, which are read once, and from new ones as they appear.
actor CoinIndex {
    /// A coin that had a symbol for some time.
    struct Bearer: Equatable {
        let id: Int64
        let symbol: String
        let first: Minute
        /// The last minute in which it was listed with this symbol.
        var last: Minute
    }

    private struct Period {
        let symbol: [UInt8]
        let first: Minute
        /// The last block that has the coin with the symbol, and the minute before which it had it.
        var block: BlockName
        var before: Minute
    }

    private let reader: ArchiveReader
    private let clock: TapeClock
    private var coins: [Int64: [Period]] = [:]
    /// The hours whose blocks were read, or are damaged in every store.
    private var covered: Set<Minute> = []
    private var reading: Task<Void, Never>?
    private var lastRead: ContinuousClock.Instant?
    private var failure: (any Error)?

    private static let column = ColumnTitle.symbol
    /// How long a request waits for blocks to be read.
    private static let patience: Duration = .seconds(5)
    /// How long the stores are not checked for new blocks again.
    private static let freshness: Duration = .seconds(30)

    struct NotReady: Error {}

    init(_ reader: ArchiveReader, clock: TapeClock) {
        self.reader = reader
        self.clock = clock
    }

    /// Whether the coin was in any list; throws `NotReady` while the blocks are being read.
    func has(_ id: Int64) async throws -> Bool {
        try await update()
        if coins[id] != nil { return true }
        return try await recent().contains { $0.key == id }
    }

    /// All coins that had the symbol, ignoring case, newest first.
    func bearers(of symbol: String) async throws -> [Bearer] {
        try await update()
        var all = coins
        for (id, periods) in try await recent() { Self.extend(&all[id, default: []], with: periods) }
        let wanted = symbol.lowercased()
        var bearers: [Bearer] = []
        for (id, periods) in all {
            for period in periods {
                let text = Self.text(period.symbol)
                guard text.lowercased() == wanted, let last = try await last(id, period) else { continue }
                bearers.append(Bearer(id: id, symbol: text, first: period.first, last: last))
            }
        }
        return bearers.sorted { ($0.last, $0.first, $0.id) > ($1.last, $1.first, $1.id) }
    }

    /// Cells are stored as written in CSV.
    private static func text(_ cell: [UInt8]) -> String {
        var reader = CSVReader(cell)
        return String(decoding: reader.next()?.first ?? [], as: UTF8.self)
    }

    /// The last minute of the period in which the coin has a row.
    private func last(_ id: Int64, _ period: Period) async throws -> Minute? {
        do {
            return try await reader.read(period.block.first, now: clock.now) { found in
                let from = max(0, found.offset(of: period.first))
                let to = min(found.block.minutes, found.offset(of: period.before))
                guard from < to else { return nil }
                let rows = try await found.block.rows(ofCoin: id, in: from..<to, columns: [])
                return rows.minutes.last.map { found.name.first.advanced(byMinutes: $0) }
            }
        } catch let failure as ArchiveFailure where failure.isDamage {
            // The block was whole when it was read.
            return period.before.advanced(byMinutes: -1)
        }
    }

    /// Reads new blocks; a caller waits for some seconds, and reading continues after that.
    private func update() async throws {
        if reading == nil, lastRead.map({ .now - $0 > Self.freshness }) ?? true {
            reading = Task {
                do { try await self.readBlocks() } catch { self.failure = error }
                (self.reading, self.lastRead) = (nil, .now)
            }
        }
        let end = ContinuousClock.now + Self.patience
        while reading != nil {
            guard ContinuousClock.now < end else { throw NotReady() }
            try await Task.sleep(for: .milliseconds(20))
        }
        if let failure { throw failure }
    }

    private func readBlocks() async throws {
        failure = nil
        let names = try await reader.names()
        var new = names.filter { !covered.isSuperset(of: $0.hours) }
        guard let first = new.first else { return }
        // If older blocks were added, start again, because periods must be built in chronological order.
        if let last = covered.max(), first.first <= last { (new, coins, covered) = (names, [:], []) }
        for name in new {
            do {
                guard let periods = try await reader.read(name.first, now: clock.now, Self.periods) else { continue }
                for (id, periods) in periods { Self.extend(&coins[id, default: []], with: periods) }
                covered.formUnion(name.hours)
            } catch let failure as ArchiveFailure where failure.isDamage {
                covered.formUnion(name.hours)
            }
        }
    }

    /// The periods of the hours that no store has yet.
    private func recent() async throws -> [(key: Int64, value: [Period])] {
        let present = Minute(containing: clock.now).floored(to: .seconds(3600))
        var all: [Int64: [Period]] = [:]
        let oldest = present.advanced(byMinutes: -60 * 47)
        var hour = covered.max().map { max($0.advanced(byMinutes: 60), oldest) } ?? oldest
        while hour <= present {
            for (id, periods) in try await reader.read(hour, now: clock.now, Self.periods) ?? [] {
                Self.extend(&all[id, default: []], with: periods)
            }
            hour = hour.advanced(byMinutes: 60)
        }
        return Array(all)
    }

    private static func periods(_ found: ArchiveReader.Found) async throws -> [(Int64, [Period])] {
        try await found.block.texts(of: column).map { key, values in
            let ends = values.dropFirst().map(\.minute) + [found.block.minutes]
            return (
                key,
                zip(values, ends).map { value, end in
                    Period(
                        symbol: value.text, first: found.name.first.advanced(byMinutes: value.minute),
                        block: found.name, before: found.name.first.advanced(byMinutes: end))
                }
            )
        }
    }

    /// If the symbol stays the same, the last period is extended.
    private static func extend(_ periods: inout [Period], with next: [Period]) {
        for period in next {
            if periods.last?.symbol == period.symbol {
                periods[periods.count - 1].block = period.block
                periods[periods.count - 1].before = period.before
            } else {
                periods.append(period)
            }
        }
    }
}

extension BlockName {
    /// The first minutes of the hours that the block covers.
    fileprivate var hours: [Minute] { stride(from: 0, to: minutes, by: 60).map(first.advanced(byMinutes:)) }
}
