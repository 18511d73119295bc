package import Basics
package import Logging
package import Redis
import ServiceLifecycle
package import Tape
import Workers

/// Settles the list of every due minute, oldest first, until it is told to stop.
package struct MergeWorker: MinuteSettling, CustomStringConvertible {
    /// The worker's name.
    package let description: String
    private let config: MergeConfig
    private let merger: MinuteMerger
    private let settler: Settler
    private let clock: TapeClock
    private let logger: Logger

    /// Creates one more client of the same Redis, because waiting for sources blocks a connection.
    package init(_ config: MergeConfig, identity: WorkerIdentity, redis: RedisClient, clock: TapeClock, logger: Logger)
    {
        description = config.worker.name
        self.config = config
        self.clock = clock
        self.logger = logger
        let keys = config.worker.redis.keys
        let feeds = SourceFeed.all(of: config, redis: redis, waiting: redis.separate(), clock: clock, logger: logger)
        merger = MinuteMerger(config: config, feeds: feeds, keys: keys, redis: redis, clock: clock, logger: logger)
        settler = Settler(
            stream: config.stream, source: config.worker.name, retain: config.retain, keys: keys, identity: identity,
            redis: redis, clock: clock, logger: logger)
    }

    /// Returns when the process shuts down; errors are logged and retried.
    package func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await cancelWhenGracefulShutdown { await restoreLists() } }
            group.addTask { try await settleMinutes() }
            try await group.waitForAll()
        }
    }

    /// Checks periodically whether the newest list still exists; failures are reported by the settling of minutes.
    private func restoreLists() async {
        var told: StreamID?
        while (try? await Task.sleep(for: Self.restorePeriod)) != nil {
            guard let newest = try? await settler.reader.newest(1).first, newest.id != told else { continue }
            if let isRestored = try? await merger.restore(newest), !isRestored {
                // A list that cannot be restored is reported once.
                told = (try? await merger.isMissing(newest)) == true ? newest.id : nil
            }
        }
    }

    private static let restorePeriod: Duration = .seconds(2)

    private func settleMinutes() async throws {
        var backoff = Backoff(base: .milliseconds(100), maximum: .seconds(5))
        var alarm = settler.reader.alarm(logger)
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            do {
                guard let minute = try await nextMinute() else {
                    // There is nothing to join yet: the tape starts with the first entry of the main source.
                    guard await clock.pauses(for: .seconds(1)) else { return }
                    continue
                }
                // Nothing can be done after a list of the future, but somebody may repair that at any moment.
                let top = try await settler.reader.topID(thorough: alarm.isAhead)
                guard !alarm.check(top, now: clock.now) else {
                    guard await clock.pauses(for: .seconds(5)) else { return }
                    continue
                }
                // A minute far ahead is caused by an entry of the future in a source, which may be removed at any moment.
                guard minute.start - clock.now <= .seconds(3600) else {
                    guard await clock.pauses(for: .seconds(5)) else { return }
                    continue
                }
                guard await settler.reader.pauses(until: minute.start) else { return }
                // A Redis that was away may have lost a list that can be made again.
                guard clock.now >= minute.start else { continue }
                // The wait for sources may be long and has done no work yet, so shutdown interrupts it.
                try await cancelWhenGracefulShutdown { try await settle(minute) }
                backoff.reset()
            } catch {
                guard !Task.isShuttingDownGracefully else { return }
                logger.retries(after: error, isFirst: backoff.isFresh)
                guard await settler.reader.pauses(for: backoff.next()) else { return }
            }
        }
    }

    /// Settles the oldest minute that is not settled, unless it is later than the limit; returns it.
    func settleNext(notAfter limit: Minute) async throws -> Minute? {
        guard let minute = try await nextMinute(), minute <= limit else { return nil }
        try await settle(minute)
        return minute
    }

    /// Settles one minute after the other, oldest first, and returns true once none is left.
    ///
    /// Each may wait for its sources until `grace` is over. The first error is thrown.
    package func settleDue(upTo minute: Minute) async throws -> Bool {
        while try await settleNext(notAfter: minute) != nil {}
        return true
    }

    private func settle(_ minute: Minute) async throws {
        let merger = merger
        let outcome = try await settler.settle(minute, giveUp: clock.now + config.grace + .seconds(60)) {
            try await merger.buildAndStore(for: minute)
        }
        if case .refused = outcome { try await clock.sleep(for: .seconds(5)) }
    }

    /// The first due minute after the newest list, but not before the main source's oldest entry; nil if that source is empty.
    private func nextMinute() async throws -> Minute? {
        let newest = try await settler.reader.newestID()?.minute
        var oldest: [Minute] = []
        for feed in merger.feeds[0] {
            if let entry = try await feed.reader.oldest() { oldest.append(entry.minute) }
        }
        guard let first = oldest.min() else { return nil }
        let next = newest.map { max($0.advanced(byMinutes: 1), first) } ?? first
        return MergeSchedule.due(atOrAfter: next, config.sources)
    }
}

extension MergeSchedule {
    /// The number of lists that are due between two minutes, both included.
    static func count(from first: Minute, to last: Minute, _ sources: [SourceSettings]) -> Int {
        var (count, minute) = (0, due(atOrAfter: first, sources))
        while minute <= last {
            count += 1
            let next = due(atOrAfter: minute.advanced(byMinutes: 1), sources)
            guard next > minute else { break }
            minute = next
        }
        return count
    }
}

/// The minutes at which lists are due.
enum MergeSchedule {
    /// The first minute, this one or later, at which every required source was due within its margin.
    static func due(atOrAfter minute: Minute, _ sources: [SourceSettings]) -> Minute {
        var minute = minute
        // All schedules are aligned to the epoch, so there are minutes at which all sources are due.
        while !sources.allSatisfy({ $0.isOptional || minute.start - minute.floored(to: $0.period).start <= $0.margin })
        {
            let next = minute.advanced(byMinutes: 1)
            // There is no minute after the last representable one, which an entry written by others may have.
            guard next > minute else { break }
            minute = next
        }
        return minute
    }
}
