package import Basics
package import Blocks
package import Logging
import Logs
import Synchronization

/// Finds the block that contains a minute: in the stores, in order, and in Redis for hours that no store has yet.
///
/// Recently used blocks stay open, with the outlines and directories that were read.
package final class ArchiveReader: Sendable {
    /// A block that contains the minute that was looked up.
    package struct Found: Sendable {
        package let block: Block
        package let name: BlockName
        /// The name of the store that has it; nil if the block was built from Redis.
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
    /// Copies that turned out to be damaged, and until when they are skipped.
    private let damaged = Mutex<[Copy: (failure: ArchiveFailure, until: ContinuousClock.Instant)]>([:])
    private let told = Mutex<Set<Copy>>([])

    private struct Copy: Hashable {
        let name: BlockName
        let store: String
    }

    /// How long a missing block is not looked for again, and the stores are not listed again.
    private static let absence: Duration = .seconds(30)
    private static let capacity = 256

    /// `recent` is nil if only the stores are read.
    ///
    /// `logger` reports each damaged block once.
    package init(stores: [any BlockStore], recent: RecentHours? = nil, logger: Logger) {
        self.stores = stores
        self.recent = recent
        self.logger = logger
    }

    /// Returns nil if neither a store nor Redis has anything of the hour.
    ///
    /// Throws only if every copy is damaged or cannot be reached.
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

    /// Like `block(of:now:)`, but looks only in the stores.
    package func stored(_ minute: Minute, now: Timestamp) async throws(ArchiveFailure) -> Found? {
        // A day's hours are kept beside it for some days, and are cheaper to read.
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

    /// Returns the result of `body` for the minute's block; nil if there is no block, or `body` returns nil.
    ///
    /// If a block turns out to be damaged or gone, `body` is called again with the next copy that contains the minute, and the
    /// damaged copy is skipped for half a minute. Throws like `block(of:now:)`, and what else `body` throws.
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
                // A block that was built from Redis is in no store that could be skipped.
                guard let store = found.store else { throw error }
                let copy = Copy(name: found.name, store: store)
                forget(found.name)
                // The file may have been replaced since it was opened, and then the new one is whole.
                if !opened.insert(copy).inserted { leaveOut(copy, error) }
            }
        }
    }

    /// What was read from a minute's block, or a condition that holds for all minutes until the end of its hour.
    package enum Part<Result> {
        case read(Result)
        /// No store has it, nor has Redis.
        case missing(end: Minute)
        /// Every copy is damaged.
        case unreadable(ArchiveFailure, end: Minute)

        /// The code of the gap that replaces what could not be read.
        package var gap: String {
            if case .unreadable = self { "unreadable" } else { "missing" }
        }
    }

    /// Like `read`, but a damaged block only affects its own minutes.
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

    /// Skips a store's copy of a block for a while.
    private func leaveOut(_ copy: Copy, _ error: any Error) {
        let failure = ArchiveFailure(name: copy.name, store: copy.store, cause: error)
        log(failure)
        damaged.withLock { damaged in
            damaged = damaged.filter { $0.value.until > .now }
            damaged[copy] = (failure, .now + Self.absence)
        }
    }

    private func log(_ failure: ArchiveFailure) {
        let copy = Copy(name: failure.name, store: failure.store)
        guard failure.isDamage, told.withLock({ $0.insert(copy).inserted }) else { return }
        logger.logDamage(failure.name, failure.store, "\(failure.cause)")
    }

    /// Returns a block by its name, from the first store that has it whole.
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
                log(own)
                failure = own.unless(failure)
            }
        }
        if let failure { throw failure }
        known.withLock { $0.keep(.absent(until: .now + Self.absence), name, atMost: Self.capacity) }
        return nil
    }

    /// A block that a store lists.
    package struct Listed: Sendable {
        package let name: BlockName
        /// In bytes, in the first store that has it.
        package let size: Int
    }

    /// All blocks that any store has, oldest first; the hours of a day are left out if the day itself is there.
    ///
    /// Throws only if no store answers.
    package func listed() async throws -> [Listed] {
        if let listing = listing.withLock({ $0 }), listing.at + Self.absence > .now { return listing.blocks }
        let blocks = try await list()
        listing.withLock { $0 = (blocks, .now) }
        return blocks
    }

    /// The names of all blocks that `listed` returns.
    package func names() async throws -> [BlockName] { try await listed().map(\.name) }

    /// The first minute of the oldest block; without a block, the oldest minute that Redis has.
    ///
    /// If no store answers, only Redis counts.
    package func oldest() async throws -> Minute? {
        let (names, failure) = await namesOrFailure()
        if let first = names.first { return first.first }
        let oldest = try await recent?.oldest()
        if oldest == nil, let failure { throw failure }
        return oldest
    }

    /// The newest minute that is settled, with a list or as a gap.
    ///
    /// If Redis does not answer, only the stores count, and vice versa.
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

    /// Forgets a block that turned out to be damaged or gone, so that the next read opens it again.
    package func forget(_ name: BlockName) { known.withLock { $0.remove(name) } }

    /// The most recently used blocks, by name.
    private struct LRU {
        private var entries: [BlockName: (value: Known, used: Int)] = [:]
        private var clock = 0
        /// Blocks that may hold decoded lists, which take more memory; the most recently used is last.
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
            // Evicts a quarter at once, so that this is rare.
            guard entries.count > capacity else { return }
            let old = entries.sorted { $0.value.used < $1.value.used }.prefix(capacity / 4)
            for (name, _) in old { entries[name] = nil }
        }

        mutating func remove(_ name: BlockName) { entries[name] = nil }
    }
}

/// A block that a store cannot deliver.
package struct ArchiveFailure: Error, CustomStringConvertible {
    let name: BlockName
    let store: String
    let cause: any Error

    package var description: String { "\(name) in \(store): \(cause)" }

    /// Whether the cause is damage.
    ///
    /// If the reader throws such a failure, every copy is damaged; otherwise a store did not answer, and may have the block
    /// whole.
    package var isDamage: Bool { cause is BlockDamage }

    /// Returns this failure, or the other one if only this one is damage.
    fileprivate func unless(_ other: ArchiveFailure?) -> ArchiveFailure {
        if isDamage, let other, !other.isDamage { other } else { self }
    }
}
