import Basics
import Blocks
import CGlibc
import CoreMetrics
package import Logging
import Logs
package import Redis
import ServiceLifecycle
import Synchronization
package import Tape
import Telemetry
import Workers

/// Settles the block of every finished hour, oldest first, and of every finished day, until the process is told to stop.
///
/// Its own stores get every block, even if a replica with other stores has settled it.
package struct ArchiveWorker: Service, CustomStringConvertible {
    /// The worker's name.
    package let description: String
    private let lists: StreamReader
    private let reading: Sealer.Reading
    private let sealer: Sealer
    private let hours: Settler
    private let days: Settler
    private let adoption: Adoption
    private let clock: TapeClock
    private let logger: Logger
    private let progress = Progress()
    private let retry: Duration
    private let cleaning: HourCleaning
    private let rounding: DayRounding?

    /// How far this process has got.
    private final class Progress: Sendable {
        struct State {
            var hasAdopted = false
            /// Whether the stream of hours had entries when it was last looked at.
            var hasEntries = false
            /// The hour after the last one that is done: its stores have it, or Redis has nothing of it.
            var hour: Minute?
            /// The newest entry of days when the stores were last tidied.
            var tidied: StreamID?
            /// Days that are still to be rounded, oldest first, and days that are rounded already.
            var long: [BlockName] = []
            var rounded: Set<BlockName> = []
            /// The first hour that a store lacks because it did not answer; nil if all stores have what this process has made.
            var behind: Minute?
            /// A day that has an hour of which every copy is damaged, and when it is tried again.
            var stuck: (day: Minute, until: ContinuousClock.Instant)?
            /// When stores that lag behind are tried again.
            var retry: ContinuousClock.Instant = .now
        }

        private let mutex = Mutex(State())

        var state: State { mutex.withLock(\.self) }

        func change(_ change: (inout State) -> Void) { mutex.withLock { change(&$0) } }
    }

    /// How long one block may take.
    private static let patience: Duration = .seconds(600)

    /// `stores` are those of the config; a store that lags behind is tried again after `retry`.
    package init(
        _ config: ArchiveConfig, stores: [any BlockStore], identity: WorkerIdentity, redis: RedisClient,
        clock: TapeClock, logger: Logger, retry: Duration = .seconds(60)
    ) {
        self.retry = retry
        rounding = config.digits.map { DayRounding(digits: $0, stores: stores, logger: logger) }
        cleaning = HourCleaning(stores: stores, logger: logger)
        description = config.worker.name
        let keys = config.worker.redis.keys
        lists = StreamReader(key: keys.stream(config.lists), redis: redis, clock: clock)
        let hour = StoredHour(stream: config.lists, keys: keys, reader: lists, redis: redis, logger: logger)
        reading = { try await hour.minutes(of: $0, knowing: $1) }
        sealer = Sealer(stores: stores, logger: logger)
        // A minute that is given up would be lost when Redis trims it, so an hour is retried for as long as it fails.
        func settler(_ stream: String) -> Settler {
            Settler(
                stream: stream, source: config.worker.name, retain: nil, givesUp: false, keys: keys,
                identity: identity, redis: redis, clock: clock, logger: logger)
        }
        hours = settler(config.stream)
        days = settler(config.days)
        adoption = Adoption(config, stores: stores, redis: redis, clock: clock, logger: logger)
        self.clock = clock
        self.logger = logger
    }

    /// Returns when the process shuts down; errors are logged and retried.
    package func run() async throws {
        var backoff = Backoff(base: .milliseconds(100), maximum: .seconds(30))
        var alarms = [hours, days].map { $0.reader.alarm(logger) }
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            do {
                for (index, settler) in [hours, days].enumerated() {
                    _ = alarms[index].check(try await settler.reader.newestID(), now: clock.now)
                }
                // Shutdown does not interrupt a step: a block takes about a second.
                let hasWorked = try await step()
                backoff.reset()
                if !hasWorked { guard await clock.pauses(for: .seconds(5)) else { return } }
            } catch {
                guard !Task.isShuttingDownGracefully else { return }
                log(error, isFirst: backoff.isFresh)
                guard await hours.reader.pauses(for: backoff.next()) else { return }
            }
        }
    }

    /// Does the next piece of work, if any is due; returns whether it did something.
    ///
    /// Returns freed memory to the system after each block, because glibc would keep it for every thread.
    func step() async throws -> Bool {
        if let hour = try await nextHour() {
            let isClosed = try await settle(hour, hours) { [self] in try await seal(hour) }
            // A replica settled it, and may have other stores.
            if isClosed { try await complete(hour) }
            progress.change { $0.hour = hour.advanced(byMinutes: 60) }
            cointape_malloc_trim()
            return true
        }
        if try await catchUp() { return true }
        if let day = try await nextDay(), try await fold(day) { return true }
        let newest = try await days.reader.newestID()
        if let newest, progress.state.tidied != newest {
            try await tidy(closed: newest.minute)
            progress.change { $0.tidied = newest }
            return true
        }
        return try await roundNext()
    }

    /// Rounds the oldest day that is due; returns whether a day was due.
    private func roundNext() async throws -> Bool {
        guard let rounding, let day = progress.state.long.first else { return false }
        let isEverywhere = try await rounding.run(day)
        progress.change { state in
            state.long.removeFirst()
            // Otherwise the day is due again when the stores are next tidied.
            if isEverywhere { state.rounded.insert(day) }
        }
        cointape_malloc_trim()
        return true
    }

    /// Returns whether the day is settled; a day with damaged hours is reported once, set aside and tried again later.
    private func fold(_ day: Minute) async throws -> Bool {
        if let stuck = progress.state.stuck, stuck.day == day, stuck.until > .now { return false }
        do {
            _ = try await settle(day, days) { [sealer, reading] in try await sealer.fold(day, reading).draft }
            cointape_malloc_trim()
            return true
        } catch let damage as BlockDamage {
            if progress.state.stuck?.day != day { log(damage, isFirst: true) }
            progress.change { $0.stuck = (day, .now + Self.patience) }
            return false
        }
    }

    private func seal(_ hour: Minute) async throws -> EntryDraft {
        let kept = try await sealer.seal(hour, reading)
        if !kept.isEverywhere {
            Counter(.archiveFailures, [("stream", hours.stream)]).increment()
            progress.change { $0.behind = min($0.behind ?? hour, hour) }
        }
        return kept.draft
    }

    /// Writes an hour that is settled to the worker's own stores that lack it.
    private func complete(_ hour: Minute) async throws {
        do throws(StoreError) {
            guard try await sealer.lacks(hour: hour) else { return }
        } catch {
            // A store does not answer, but the others may still lack the hour.
        }
        _ = try await seal(hour)
    }

    /// Writes the next missing hour to stores that did not answer before; returns whether all stores have it now.
    ///
    /// Their days are built when the stores are tidied.
    private func catchUp() async throws -> Bool {
        let state = progress.state
        guard let hour = state.behind, let end = state.hour, state.retry <= .now else { return false }
        guard hour < end else {
            progress.change { ($0.behind, $0.tidied) = (nil, nil) }
            logger.notice(.archiveStoresEqual, metadata: [LogKey.stream: "\(hours.stream)"])
            return false
        }
        var isEverywhere = false
        do {
            isEverywhere = try await !sealer.lacks(hour: hour)
            if !isEverywhere { isEverywhere = try await sealer.seal(hour, reading).isEverywhere }
        } catch is StoreError {
            // The store is tried again later.
        }
        progress.change { [isEverywhere, retry] state in
            if isEverywhere { state.behind = hour.advanced(byMinutes: 60) } else { state.retry = .now + retry }
        }
        return isEverywhere
    }

    /// Returns whether a replica settled it; throws if it is not settled.
    private func settle(
        _ minute: Minute, _ settler: Settler, _ make: @escaping @Sendable () async throws -> EntryDraft
    ) async throws -> Bool {
        let began = ContinuousClock.now
        switch try await settler.settle(minute, giveUp: clock.now + Self.patience, make: make) {
        case .published:
            await measure()
            logger.info(
                .archiveSealed,
                metadata: [
                    LogKey.stream: "\(settler.stream)", LogKey.minute: "\(minute)",
                    LogKey.duration: "\((ContinuousClock.now - began).milliseconds)",
                ])
            return false
        case .closed: return true
        case .refused(let outcome): throw NotSettled(description: "the entry is refused: \(outcome.rawValue)")
        case .leasedElsewhere: throw NotSettled(description: "another replica is still at it")
        }
    }

    private struct NotSettled: Error, CustomStringConvertible {
        let description: String
    }

    /// The oldest hour that this process has not handled, if it is over and can get no more lists.
    private func nextHour() async throws -> Minute? {
        let first = try await lists.oldest()?.minute
        let oldest = first?.floored(to: .seconds(3600))
        let isEmpty = try await hours.reader.newestID() == nil
        // At the start, and after Redis has lost the entries.
        if !progress.state.hasAdopted || isEmpty && progress.state.hasEntries {
            _ = try await adoption.run(until: oldest)
        }
        progress.change { ($0.hasAdopted, $0.hasEntries) = (true, !isEmpty) }
        // Hours that Redis never had, or no longer has, get no block.
        guard let oldest else { return nil }
        let next = progress.state.hour.map { max($0, oldest) } ?? oldest
        let present = StreamID(Minute(containing: clock.now))
        guard let last = try await lists.newest(1, to: present).first?.minute else { return nil }
        return last >= next.advanced(byMinutes: 59) ? next : nil
    }

    /// The oldest day that is not settled but whose last hour is.
    private func nextDay() async throws -> Minute? {
        guard let last = try await hours.reader.newestID()?.minute, let first = try await hours.reader.oldest()?.minute
        else { return nil }
        let newest = try await days.reader.newestID()?.minute
        let oldest = BlockName.day(of: first).first
        let next = newest.map { max(BlockName.day(of: $0).end, oldest) } ?? oldest
        return last >= next.advanced(byMinutes: 23 * 60) ? next : nil
    }

    /// Builds days, up to the closed one, that others have settled but of which one of the worker's stores has only hours, and
    /// removes the hours of old days.
    private func tidy(closed: Minute) async throws {
        let end = min(BlockName.day(of: closed).end, progress.state.hour ?? closed)
        var wanting: Set<BlockName> = []
        for store in sealer.stores {
            // A store that does not answer gets its days after it has caught up.
            guard let names = try? await store.blocks().keys else { continue }
            wanting.formUnion(HourCleaning.unfolded(names, before: end))
        }
        try await fold(wanting)
        try await fold(cleaning.run(now: clock.now))
        guard let rounding else { return }
        let due = await rounding.due(now: clock.now)
        progress.change { state in state.long = due.filter { !state.rounded.contains($0) } }
    }

    private func fold(_ wanting: Set<BlockName>) async throws {
        for day in wanting.sorted(by: { $0.first < $1.first }) {
            do {
                _ = try await sealer.fold(day.first, reading)
            } catch let damage as BlockDamage {
                // The day's hours stay, and can still be read.
                log(damage, isFirst: true)
            }
        }
    }

    /// Records how many bytes each store has; a store that does not answer keeps its last recorded value.
    private func measure() async {
        for store in sealer.stores {
            guard let blocks = try? await store.blocks() else { continue }
            Gauge(.archivedBytes, [("store", store.name)]).record(blocks.values.reduce(0, +))
        }
    }

    private func log(_ error: any Error, isFirst: Bool) {
        Counter(.archiveFailures, [("stream", hours.stream)]).increment()
        guard !(error is RedisError) else { return logger.retries(after: error, isFirst: isFirst) }
        logger.log(
            level: isFirst ? .error : .debug, .archiveFailed,
            metadata: [LogKey.stream: "\(hours.stream)", LogKey.detail: "\(error)"])
    }
}
