import Basics
import Blocks
import CoreMetrics
package import Logging
import Logs
package import Redis
import ServiceLifecycle
package import Tape
import Telemetry
import Workers

/// Settles the block of every hour that is over, oldest first, and of every day, until it is told to stop.
package struct ArchiveWorker: Service, CustomStringConvertible {
    /// The worker's name.
    package let description: String
    private let lists: StreamReader
    private let hour: StoredHour
    private let sealer: Sealer
    private let hours: Settler
    private let days: Settler
    private let adoption: Adoption
    private let clock: TapeClock
    private let logger: Logger

    /// How long one block may take.
    private static let patience: Duration = .seconds(600)

    package init(
        _ config: ArchiveConfig, identity: WorkerIdentity, redis: RedisClient, clock: TapeClock, logger: Logger
    ) {
        description = config.worker.name
        let keys = config.worker.redis.keys
        lists = StreamReader(key: keys.stream(config.lists), redis: redis, clock: clock)
        hour = StoredHour(stream: config.lists, keys: keys, reader: lists, redis: redis, logger: logger)
        sealer = Sealer(stores: config.stores.map(\.store), logger: logger)
        func settler(_ stream: String) -> Settler {
            Settler(
                stream: stream, source: config.worker.name, retain: nil, keys: keys, identity: identity, redis: redis,
                clock: clock, logger: logger)
        }
        hours = settler(config.stream)
        days = settler(config.days)
        adoption = Adoption(config, redis: redis, clock: clock, logger: logger)
        self.clock = clock
        self.logger = logger
    }

    /// Returns when the process is to end; errors are told, and what failed is tried again.
    package func run() async throws {
        var backoff = Backoff(base: .milliseconds(100), maximum: .seconds(30))
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            do {
                // Not cut short by the end of the process: a block takes a second.
                let hasWorked = try await step()
                backoff.reset()
                if !hasWorked { guard await clock.pauses(for: .seconds(5)) else { return } }
            } catch {
                guard !Task.isShuttingDownGracefully else { return }
                tell(error, isFirst: backoff.isFresh)
                guard await clock.pauses(for: backoff.next()) else { return }
            }
        }
    }

    /// Does what is next, if anything is due; returns whether something was.
    func step() async throws -> Bool {
        if let hour = try await nextHour() {
            try await settle(hour, hours) { [sealer, source = self.hour] in
                try await sealer.seal(hour, try await source.minutes(of: hour))
            }
            return true
        }
        if let day = try await nextDay() {
            try await settle(day, days) { [sealer] in try await sealer.fold(day) }
            try await clean()
            return true
        }
        return false
    }

    private func settle(
        _ minute: Minute, _ settler: Settler, _ make: @escaping @Sendable () async throws -> EntryDraft
    ) async throws {
        let began = ContinuousClock.now
        let outcome = try await settler.settle(minute, giveUp: clock.now + Self.patience, make: make)
        switch outcome {
        case .published:
            await measure()
            logger.info(
                .archiveSealed,
                metadata: [
                    LogKey.stream: "\(settler.stream)", LogKey.minute: "\(minute)",
                    LogKey.duration: "\((ContinuousClock.now - began).milliseconds)",
                ])
        case .refused: try await clock.sleep(for: .seconds(5))
        case .closed, .abandoned: break
        }
    }

    /// The oldest hour that is not settled, and over: no list of it can come any more.
    private func nextHour() async throws -> Minute? {
        let newest = try await hours.reader.newestID()?.minute
        if newest == nil, try await adoption.run().published > 0 { return try await nextHour() }
        guard let first = try await lists.oldest()?.minute else { return nil }
        // Hours of which Redis never had, or no longer has, anything have no block.
        let oldest = first.floored(to: .seconds(3600))
        let next = newest.map { max($0.advanced(byMinutes: 60), oldest) } ?? oldest
        let present = StreamID(Minute(containing: clock.now))
        guard let last = try await lists.newest(1, to: present).first?.minute else { return nil }
        return last >= next.advanced(byMinutes: 59) ? next : nil
    }

    /// The oldest day that is not settled, and whose last hour is.
    private func nextDay() async throws -> Minute? {
        guard let last = try await hours.reader.newestID()?.minute, let first = try await hours.reader.oldest()?.minute
        else { return nil }
        let newest = try await days.reader.newestID()?.minute
        let oldest = first.floored(to: .seconds(86_400))
        let next = newest.map { max($0.advanced(byMinutes: 1440), oldest) } ?? oldest
        return last >= next.advanced(byMinutes: 23 * 60) ? next : nil
    }

    /// Removes the blocks of hours that their days hold.
    private func clean() async throws {
        for store in sealer.stores {
            for (hour, day) in HourCleaning.removable(try await store.files(in: ""), now: clock.now) {
                try await sealer.remove(hour: hour, of: day, from: store)
            }
        }
    }

    /// Records how much the stores have; of one that cannot be asked, what was recorded last stays.
    private func measure() async {
        for store in sealer.stores {
            guard let files = try? await store.files(in: "") else { continue }
            Gauge(.archivedBytes, [("store", store.name)]).record(files.reduce(0) { $0 + $1.size })
        }
    }

    private func tell(_ error: any Error, isFirst: Bool) {
        Counter(.archiveFailures, [("stream", hours.stream)]).increment()
        guard !(error is RedisError) else { return logger.retries(after: error, isFirst: isFirst) }
        logger.error(
            .archiveFailed, metadata: [LogKey.stream: "\(hours.stream)", LogKey.detail: "\(error)"])
    }
}
