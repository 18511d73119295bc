package import Basics
import CoreMetrics
package import Logging
import Logs
package import Redis
import Telemetry

/// Settles a due minute of a stream with exactly one entry, however many replicas work on it.
///
/// A minute at or below the stream's newest id is closed. The replica with the lease makes the entry; the others wait until the
/// minute is closed or the lease expires. If three tries ended without an entry because the process died, the minute becomes a
/// gap, unless the settler never gives up.
package struct Settler: Sendable {
    package enum Outcome: Equatable, Sendable {
        /// This call published it: rows, or this gap.
        case published(Gap?)
        /// It was already settled, here or elsewhere, or the stream has passed it.
        case closed
        /// Another replica still had the lease when the time was up, or when this one was told to stop.
        case leasedElsewhere
        /// `publish.lua` refused: see `Publisher.Outcome`.
        case refused(Publisher.Outcome)

        /// Also true for a gap.
        package var isPublished: Bool {
            if case .published = self { true } else { false }
        }
    }

    /// The stream's name, without the prefix of keys.
    package let stream: String
    package let reader: StreamReader
    private let keys: TapeKeys
    private let givesUp: Bool
    private let publisher: Publisher
    private let identity: WorkerIdentity
    private let redis: RedisClient
    private let clock: TapeClock
    private let logger: Logger

    /// How often a minute may be begun.
    private static let mostTries = 3
    private static let poll: Duration = .seconds(1)

    /// As for `Publisher`: a nil `retain` keeps everything, and `kind` is nil for entries that are not a feed's own.
    ///
    /// If `givesUp` is false, no minute becomes a gap: if the entry cannot be made or is not accepted, it throws, and a minute
    /// may be begun any number of times.
    package init(
        stream: String, source: String, kind: DataKind? = nil, retain: Duration?, givesUp: Bool = true, keys: TapeKeys,
        identity: WorkerIdentity, redis: RedisClient, clock: TapeClock, logger: Logger
    ) {
        self.stream = stream
        self.givesUp = givesUp
        self.keys = keys
        self.identity = identity
        self.redis = redis
        self.clock = clock
        self.logger = logger
        reader = StreamReader(key: keys.stream(stream), redis: redis, clock: clock)
        publisher = Publisher(
            key: keys.stream(stream), source: source, kind: kind, retain: retain, redis: redis, clock: clock)
    }

    /// Returns when the minute is closed, or soon after `giveUp`.
    ///
    /// `make` is called while holding the lease, and must end by itself. It is called again only if it fails with a Redis error;
    /// its result is published repeatedly until `giveUp`, so that nothing is fetched twice. If Redis is reachable but does not
    /// accept it, the minute becomes a gap that says why.
    package func settle(
        _ minute: Minute, giveUp: Timestamp, make: @escaping @Sendable () async throws -> EntryDraft
    ) async throws -> Outcome {
        let lease = Lease(key: keys.lease(stream, minute), owner: "\(identity)", redis: redis, clock: clock)
        while true {
            if let newest = try await reader.newestID(), newest.minute >= minute {
                identity.note(minute)
                return .closed
            }
            if try await lease.take() { break }
            guard clock.now < giveUp else { return .leasedElsewhere }
            // A shutdown may interrupt the wait.
            guard await clock.pauses(for: Self.poll) else { return .leasedElsewhere }
        }
        guard givesUp else { return try await keeping(lease) { try await end(minute, by: giveUp, make) } }
        if let poison = try await begun(minute) {
            if let gap = poison.gap { log(gap, minute) }
            return try await publish(poison, for: minute)
        }
        do {
            return try await keeping(lease) { try await end(minute, by: giveUp, make) }
        } catch {
            // Only a process that dies leaves its try counted; one that stays alive reports what went wrong.
            await giveBack(minute, isSure: true)
            throw error
        }
    }

    /// Counts the try; returns the draft of a gap if there were too many.
    private func begun(_ minute: Minute) async throws -> EntryDraft? {
        let key = keys.tries(stream, minute)
        let tries: Int64
        do throws(RedisError) {
            tries = try await redis.evaluate(Self.begin, keys: [key], arguments: ["\(identity)", memory]).integer ?? 0
        } catch {
            // The try may have been counted before the connection was lost.
            await giveBack(minute, isSure: false)
            throw error
        }
        guard tries > Self.mostTries else { return nil }
        return .gap(Gap(.poison, "begun \(tries - 1) times and never ended, as \(key) counts"), minute: minute)
    }

    /// Best effort: if it fails, this worker's next try is not counted again.
    private func giveBack(_ minute: Minute, isSure: Bool) async {
        _ = try? await redis.evaluate(
            Self.giveBack, keys: [keys.tries(stream, minute)],
            arguments: ["\(identity)", memory, isSure ? "1" : "0"])
    }

    /// How long tries are counted, in ms.
    private var memory: Int64 { clock.wallMilliseconds(.seconds(600)) }

    private static let begin = RedisScript(name: "begin", source: PackageResources.begin_lua)
    private static let giveBack = RedisScript(name: "give_back", source: PackageResources.give_back_lua)

    private func keeping(
        _ lease: Lease, _ body: @escaping @Sendable () async throws -> Outcome
    ) async throws -> Outcome {
        try await withThrowingTaskGroup(of: Outcome?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                await lease.keep()
                return nil
            }
            defer { group.cancelAll() }
            while let result = try await group.next() {
                if let result { return result }
            }
            throw CancellationError()
        }
    }

    private func end(
        _ minute: Minute, by giveUp: Timestamp, _ make: @escaping @Sendable () async throws -> EntryDraft
    ) async throws -> Outcome {
        do {
            let draft = try await patiently(until: giveUp, make)
            // If the process is shutting down, the minute is left to the others.
            try Task.checkCancellation()
            return try await patiently(until: giveUp) { try await publish(draft, for: minute) }
        } catch let refusal as Refusal {
            guard givesUp else { throw refusal.error }
            let gap = Gap(.unpublished, "made, and not taken by Redis: \(refusal.error)")
            log(gap, minute)
            do {
                return try await shortly { try await publish(.gap(gap, minute: minute), for: minute) }
            } catch {
                throw refusal.error
            }
        }
    }

    /// Redis is reachable, but does not accept a command.
    private struct Refusal: Error {
        let error: RedisError
    }

    /// Retries the work until it succeeds; at `giveUp` throws `Refusal` if Redis answers otherwise, else the last error.
    private func patiently<Result>(
        until giveUp: Timestamp, _ work: () async throws -> Result
    ) async throws -> Result {
        var backoff = Backoff(base: .milliseconds(100), maximum: .seconds(5))
        while true {
            let failure: RedisError
            do {
                return try await work()
            } catch let error as RedisError where !Task.isCancelled {
                failure = error
            }
            logger.retries(after: failure, isFirst: backoff.isFresh)
            let wait = backoff.next()
            guard clock.now + wait < giveUp else {
                do { _ = try await shortly { try await reader.newestID() } } catch { throw failure }
                // Redis may have been unreachable until now.
                do {
                    return try await work()
                } catch let error as RedisError where !error.isOfAbsence {
                    throw Refusal(error: error)
                }
            }
            guard await reader.pauses(for: wait) else { throw CancellationError() }
        }
    }

    /// Does a small piece of work, and retries briefly if the connection is lost.
    private func shortly<Result>(_ work: () async throws -> Result) async throws -> Result {
        let end = ContinuousClock.now + .seconds(5)
        while ContinuousClock.now < end {
            do {
                return try await work()
            } catch let error as RedisError where error.isOutage {
                try await Task.sleep(for: .milliseconds(100))
            }
        }
        return try await work()
    }

    private func log(_ gap: Gap, _ minute: Minute) {
        logger.warning(
            .minuteGap,
            metadata: [
                LogKey.stream: "\(stream)", LogKey.minute: "\(minute)", LogKey.gap: "\(gap.code)",
                LogKey.detail: "\(gap.detail)",
            ])
    }

    private func publish(_ draft: EntryDraft, for minute: Minute) async throws -> Outcome {
        let outcome = try await publisher.publish(draft, for: minute)
        if outcome != .foreign, outcome != .future { identity.note(minute) }
        let metadata: Logger.Metadata = [
            LogKey.stream: "\(stream)", LogKey.minute: "\(minute)", LogKey.outcome: "\(outcome.rawValue)",
        ]
        Counter(.minutes, [("stream", stream), ("outcome", outcome.rawValue)]).increment()
        switch outcome {
        case .ok:
            if let gap = draft.gap { Counter(.gaps, [("stream", stream), ("reason", gap.label)]).increment() }
            logger.debug(.entryPublished, metadata: metadata)
            return .published(draft.gap)
        case .duplicate, .late:
            logger.debug(.entryNotNeeded, metadata: metadata)
            return .closed
        case .foreign, .future:
            logger.error(.entryRefused, metadata: metadata)
            return .refused(outcome)
        }
    }
}
