package import Basics
import CoreMetrics
package import Logging
import Logs
package import Redis
import Telemetry

/// settle(stream, minute): ends a due minute as exactly one entry, however many replicas work on it.
///
/// A minute at or below the stream's newest id is closed. Whoever takes the lease makes the entry; the others wait until
/// the minute is closed or the lease has run out. After three who began and did not end, the minute becomes a gap.
package struct Settler: Sendable {
    package enum Outcome: Equatable, Sendable {
        /// This call published it: rows, or the gap.
        case published(Gap?)
        /// It was settled, here or elsewhere, or the stream has gone past it.
        case closed
        /// Another replica was still at it when the time was up.
        case abandoned
        /// `publish.lua` refused: see `Publisher.Outcome`.
        case refused(Publisher.Outcome)

        package var isPublished: Bool {
            if case .published = self { true } else { false }
        }
    }

    package let stream: String
    package let reader: StreamReader
    private let keys: TapeKeys
    private let publisher: Publisher
    private let identity: WorkerIdentity
    private let redis: RedisClient
    private let clock: TapeClock
    private let logger: Logger

    /// How often a minute may be begun.
    private static let mostTries = 3
    private static let poll: Duration = .seconds(1)

    package init(
        stream: String, source: String, retain: Duration?, keys: TapeKeys, identity: WorkerIdentity, redis: RedisClient,
        clock: TapeClock, logger: Logger
    ) {
        self.stream = stream
        self.keys = keys
        self.identity = identity
        self.redis = redis
        self.clock = clock
        self.logger = logger
        reader = StreamReader(key: keys.stream(stream), redis: redis, clock: clock)
        publisher = Publisher(key: keys.stream(stream), source: source, retain: retain, redis: redis, clock: clock)
    }

    /// Returns when the minute is closed, or at `giveUp`.
    ///
    /// `make` is called at most once, with the lease held; it must end by itself.
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
            guard clock.now < giveUp else { return .abandoned }
            // Waiting is no step that a process which is to end should finish.
            guard await clock.pauses(for: Self.poll) else { return .abandoned }
        }
        if let poison = try await begun(minute) { return try await publish(poison, for: minute) }
        let draft: EntryDraft
        do {
            draft = try await self.draft(keeping: lease, make)
            // Who was told to stop in the middle leaves the minute to the others.
            try Task.checkCancellation()
        } catch {
            // A rolling restart is no sign of poison. What is cut short may fail with any error, a lost reply among them.
            if Task.isCancelled || error is CancellationError {
                _ = try? await redis.send(RedisCommand("DECR", keys.tries(stream, minute)))
            }
            throw error
        }
        return try await publish(draft, for: minute)
    }

    /// Counts the try; the draft of a gap when there were too many.
    private func begun(_ minute: Minute) async throws -> EntryDraft? {
        let key = keys.tries(stream, minute)
        let tries = try await redis.send(RedisCommand("INCR", key)).integer ?? 0
        _ = try await redis.send(RedisCommand("PEXPIRE", key, clock.wallMilliseconds(.seconds(600))))
        guard tries > Self.mostTries else { return nil }
        return .gap(Gap(.poison, "begun \(Self.mostTries) times and never ended"), minute: minute)
    }

    private func draft(
        keeping lease: Lease, _ make: @escaping @Sendable () async throws -> EntryDraft
    ) async throws -> EntryDraft {
        try await withThrowingTaskGroup(of: EntryDraft?.self) { group in
            group.addTask { try await make() }
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

    /// Publishes again when the connection was lost: what was fetched is worth it, and the script says if it was there.
    private func publishPatiently(_ draft: EntryDraft, for minute: Minute) async throws -> Publisher.Outcome {
        var backoff = Backoff(base: .milliseconds(100), maximum: .seconds(1))
        var attempts = 5
        while true {
            do throws(RedisError) {
                return try await publisher.publish(draft, for: minute)
            } catch {
                attempts -= 1
                guard error.isTransient, attempts > 0 else { throw error }
            }
            try await clock.sleep(for: backoff.next())
        }
    }

    private func publish(_ draft: EntryDraft, for minute: Minute) async throws -> Outcome {
        let outcome = try await publishPatiently(draft, for: minute)
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
