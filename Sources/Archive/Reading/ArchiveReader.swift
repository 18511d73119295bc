package import Basics
package import Blocks
package import Logging
import Logs
import Synchronization

/// Finds the block that has a minute: in the stores, in order, and for hours that are not there yet in Redis.
///
/// Blocks that were used last stay open, with what was read of their outlines and directories.
package final class ArchiveReader: Sendable {
    /// A block, and where in it a minute is.
    package struct Found: Sendable {
        package let block: Block
        package let name: BlockName
        /// The store that has it; nil for one that was made of what Redis has.
        package let store: String?

        /// The minute's place in the block.
        package func offset(of minute: Minute) -> Int {
            Int((minute.milliseconds - name.first.milliseconds) / 60_000)
        }

        /// Why a minute of the block has no list: the code of its gap, or `missing`.
        package func gap(at minute: Minute) async throws -> String {
            try await block.gap(offset(of: minute))?.code ?? "missing"
        }
    }

    private enum Known {
        case open(Found)
        case absent(until: ContinuousClock.Instant)
    }

    package let stores: [any BlockStore]
    private let recent: RecentHours?
    private let logger: Logger
    private let known = Mutex(LRU())
    private let listing = Mutex<(blocks: [Listed], at: ContinuousClock.Instant)?>(nil)
    /// What turned out to be damaged, and until when it is left out.
    private let damaged = Mutex<[Copy: (failure: ArchiveFailure, until: ContinuousClock.Instant)]>([:])
    private let told = Mutex<Set<Copy>>([])

    private struct Copy: Hashable {
        let name: BlockName
        let store: String
    }

    /// For how long a block that is not there is not looked for again, and stores are not listed again.
    private static let absence: Duration = .seconds(30)
    private static let capacity = 256

    /// `recent` is nil where only the stores count.
    ///
    /// `logger` is told of damaged blocks, of each once.
    package init(stores: [any BlockStore], recent: RecentHours? = nil, logger: Logger) {
        self.stores = stores
        self.recent = recent
        self.logger = logger
    }

    /// Returns nil if neither a store nor Redis has anything of the hour.
    ///
    /// Throws only if all that have it have it damaged, or cannot be asked.
    package func block(of minute: Minute, now: Timestamp) async throws -> Found? {
        do {
            if let found = try await stored(minute, now: now) { return found }
        } catch {
            guard let found = try? await fromRedis(minute) else { throw error }
            return found
        }
        return try await fromRedis(minute)
    }

    private func fromRedis(_ minute: Minute) async throws -> Found? {
        let hour = BlockName.hour(of: minute)
        return try await recent?.block(of: hour.first).map { Found(block: $0, name: hour, store: nil) }
    }

    /// As `block(of:now:)`, of what the stores have.
    package func stored(_ minute: Minute, now: Timestamp) async throws(ArchiveFailure) -> Found? {
        // The hours of a day stay beside it for some days, and take less to read.
        let (hour, day) = (BlockName.hour(of: minute), BlockName.day(of: minute))
        let isOld = now - day.end.start > .seconds(2 * 86_400)
        var failure: ArchiveFailure?
        for name in isOld ? [day, hour] : [hour, day] {
            do throws(ArchiveFailure) {
                if let found = try await stored(name) { return found }
            } catch {
                failure = error.unless(failure)
            }
        }
        if let failure { throw failure }
        return nil
    }

    /// Where blocks are looked for.
    package enum Origin {
        case stores
        case storesAndRedis
    }

    /// What `body` makes of the block of a minute; nil if there is none, or `body` returns nil.
    ///
    /// Where a block turns out to be damaged, or is lost meanwhile, `body` is called again with the next one that has the minute, and
    /// the damaged one is left out for half a minute. Throws as `block(of:now:)`, and what else `body` throws.
    package func read<Result>(
        _ minute: Minute, now: Timestamp, from origin: Origin = .storesAndRedis,
        _ body: (Found) async throws -> Result?
    ) async throws -> Result? {
        var opened: Set<Copy> = []
        while true {
            let next =
                switch origin {
                case .stores: try await stored(minute, now: now)
                case .storesAndRedis: try await block(of: minute, now: now)
                }
            guard let found = next else { return nil }
            do {
                return try await body(found)
            } catch let error where error is BlockDamage || error is StoreError {
                // What was made of Redis is not in a store that could be left out.
                guard let store = found.store else { throw error }
                let copy = Copy(name: found.name, store: store)
                forget(found.name)
                // It may have been replaced since it was opened: then the new one is whole.
                if !opened.insert(copy).inserted { leaveOut(copy, error) }
            }
        }
    }

    /// What was read of the block of a minute; otherwise what is true of all minutes up to the end of its hour.
    package enum Part<Result> {
        case read(Result)
        /// Nobody has it.
        case missing(end: Minute)
        /// All that have it have it damaged.
        case unreadable(ArchiveFailure, end: Minute)

        /// The code of the gap that stands for what could not be read.
        package var gap: String {
            if case .unreadable = self { "unreadable" } else { "missing" }
        }
    }

    /// As `read`, where a damaged block is to cost its own minutes alone.
    package func part<Result>(
        of minute: Minute, now: Timestamp, _ body: (Found) async throws -> Result
    ) async throws -> Part<Result> {
        let end = BlockName.hour(of: minute).end
        do {
            return try await read(minute, now: now, body).map { .read($0) } ?? .missing(end: end)
        } catch let failure as ArchiveFailure where failure.isDamage {
            return .unreadable(failure, end: end)
        }
    }

    /// Has a block not be taken out of a store for a while.
    private func leaveOut(_ copy: Copy, _ error: any Error) {
        let failure = ArchiveFailure(name: copy.name, store: copy.store, cause: error)
        tell(failure)
        damaged.withLock { damaged in
            damaged = damaged.filter { $0.value.until > .now }
            damaged[copy] = (failure, .now + Self.absence)
        }
    }

    private func tell(_ failure: ArchiveFailure) {
        let copy = Copy(name: failure.name, store: failure.store)
        guard failure.isDamage, told.withLock({ $0.insert(copy).inserted }) else { return }
        logger.tellDamage(failure.name, failure.store, "\(failure.cause)")
    }

    /// A block by its name, out of the first store that has it whole.
    package func stored(_ name: BlockName) async throws(ArchiveFailure) -> Found? {
        switch known.withLock({ $0.use(name) }) {
        case .open(let found)? where found.block.isCurrent: return found
        case .absent(let until)? where until > .now: return nil
        default: break
        }
        var failure: ArchiveFailure?
        for store in stores {
            let left = damaged.withLock { $0[Copy(name: name, store: store.name)] }
            if let left, left.until > .now {
                failure = left.failure.unless(failure)
                continue
            }
            do {
                guard let source = try await store.open(name.file) else { continue }
                let found = Found(block: try await Block.open(source, as: name), name: name, store: store.name)
                known.withLock { $0.keep(.open(found), name, atMost: Self.capacity) }
                return found
            } catch {
                let own = ArchiveFailure(name: name, store: store.name, cause: error)
                tell(own)
                failure = own.unless(failure)
            }
        }
        if let failure { throw failure }
        known.withLock { $0.keep(.absent(until: .now + Self.absence), name, atMost: Self.capacity) }
        return nil
    }

    /// A block that a store tells of.
    package struct Listed: Sendable {
        package let name: BlockName
        /// In bytes, in the first store that has it.
        package let size: Int
    }

    /// All blocks that any store has, the oldest first; of a day that is there its hours are left out.
    ///
    /// Throws only if no store can be asked.
    package func listed() async throws -> [Listed] {
        if let listing = listing.withLock({ $0 }), listing.at + Self.absence > .now { return listing.blocks }
        let blocks = try await list()
        listing.withLock { $0 = (blocks, .now) }
        return blocks
    }

    /// The names of these blocks.
    package func names() async throws -> [BlockName] { try await listed().map(\.name) }

    /// The first minute of the oldest block or, without one, of what Redis has.
    ///
    /// Where no store answers it is what Redis has that counts.
    package func oldest() async throws -> Minute? {
        let (names, failure) = await namesOrFailure()
        if let first = names.first { return first.first }
        let oldest = try await recent?.oldest()
        if oldest == nil, let failure { throw failure }
        return oldest
    }

    /// The newest minute that is settled, with a list or as a gap.
    ///
    /// Where Redis does not answer it is what is archived that counts, and the other way round.
    package func newest() async throws -> Minute? {
        let (names, failure) = await namesOrFailure()
        let archived = names.last.map { $0.end.advanced(byMinutes: -1) }
        do {
            let newest = try await recent?.newest()
            if newest == nil, let failure { throw failure }
            return [archived, newest].compactMap(\.self).max()
        } catch {
            guard let archived else { throw error }
            return archived
        }
    }

    private func namesOrFailure() async -> ([BlockName], (any Error)?) {
        do {
            return (try await names(), nil)
        } catch {
            return ([], error)
        }
    }

    private func list() async throws -> [Listed] {
        var (sizes, failure): ([BlockName: Int], StoreError?) = ([:], nil)
        var hasAnswer = stores.isEmpty
        for store in stores {
            do throws(StoreError) {
                sizes.merge(try await store.blocks()) { first, _ in first }
                hasAnswer = true
            } catch {
                failure = error
            }
        }
        if !hasAnswer, let failure { throw failure }
        let blocks = sizes.map { Listed(name: $0.key, size: $0.value) }.sorted { $0.name.first < $1.name.first }
        return blocks.filter { $0.name.minutes == 1440 || sizes[.day(of: $0.name.first)] == nil }
    }

    /// Forgets a block that turned out to be damaged, or gone: the next look opens it anew.
    package func forget(_ name: BlockName) { known.withLock { $0.remove(name) } }

    /// What was used last, by names.
    private struct LRU {
        private var entries: [BlockName: (value: Known, used: Int)] = [:]
        private var clock = 0
        /// Those that may keep lists, which take more memory; the one that was used last stands at the end.
        private var last: [BlockName] = []

        private static let mostWithLists = 8

        mutating func use(_ name: BlockName) -> Known? {
            clock += 1
            entries[name]?.used = clock
            guard last.last != name, case .open? = entries[name]?.value else { return entries[name]?.value }
            last.removeAll { $0 == name }
            last.append(name)
            if last.count > Self.mostWithLists, case .open(let old)? = entries[last.removeFirst()]?.value {
                old.block.dropLists()
            }
            return entries[name]?.value
        }

        mutating func keep(_ value: Known, _ name: BlockName, atMost capacity: Int) {
            clock += 1
            entries[name] = (value, clock)
            // Rarely: a quarter goes at once.
            guard entries.count > capacity else { return }
            let old = entries.sorted { $0.value.used < $1.value.used }.prefix(capacity / 4)
            for (name, _) in old { entries[name] = nil }
        }

        mutating func remove(_ name: BlockName) { entries[name] = nil }
    }
}

/// A block that no store can give.
package struct ArchiveFailure: Error, CustomStringConvertible {
    let name: BlockName
    let store: String
    let cause: any Error

    package var description: String { "\(name) in \(store): \(cause)" }

    /// Whether all that have the block have it damaged.
    ///
    /// Otherwise a store did not answer, and may have it whole.
    package var isDamage: Bool { cause is BlockDamage }

    /// This failure, or the other one if that leaves hope and this one does not.
    fileprivate func unless(_ other: ArchiveFailure?) -> ArchiveFailure {
        if isDamage, let other, !other.isDamage { other } else { self }
    }
}
