package import Basics
package import Blocks
package import Logging
import NIOPosix
package import Redis
import Synchronization
package import Tape

/// Hours that no store has yet, as blocks built from Redis.
package final class RecentHours: Sendable {
    private struct Hour {
        /// Minutes that are already read: an entry never changes.
        var minutes: [Int: BlockMinute] = [:]
        var block: Block?
        /// The newest minute of the stream when the block was made.
        var newest: Minute?
        var used: ContinuousClock.Instant = .now
    }

    private let reader: StreamReader
    private let stored: StoredHour
    private let clock: TapeClock
    private let hours = Mutex<[Minute: Hour]>([:])
    /// Hours that are being built: concurrent callers wait for the same task.
    private let making = Mutex<[Minute: Task<Block?, any Error>]>([:])

    /// Beyond this, the hour that was built longest ago is dropped: about 1 MB each, and 7 MB for the present hour.
    private static let most = 48

    /// `lists` is the name of the stream of lists.
    package init(lists: String, keys: TapeKeys, redis: RedisClient, clock: TapeClock, logger: Logger) {
        reader = StreamReader(key: keys.stream(lists), redis: redis, clock: clock)
        stored = StoredHour(stream: lists, keys: keys, reader: reader, redis: redis, logger: logger)
        self.clock = clock
    }

    /// The newest minute of the stream, without entries of the future.
    func newest() async throws -> Minute? {
        try await reader.newest(1, to: StreamID(Minute(containing: clock.now))).first?.minute
    }

    /// The oldest minute that the stream has.
    func oldest() async throws -> Minute? { try await reader.oldest()?.minute }

    /// Returns nil if the stream has no entry of the hour, or ends before it.
    package func block(of hour: Minute) async throws -> Block? {
        let task = making.withLock { tasks in
            if let known = tasks[hour] { return known }
            let new = Task {
                defer { making.withLock { $0[hour] = nil } }
                return try await make(hour)
            }
            tasks[hour] = new
            return new
        }
        return try await task.value
    }

    private func make(_ hour: Minute) async throws -> Block? {
        guard let newest = try await newest(), newest >= hour else { return nil }
        let last = min(newest, hour.advanced(byMinutes: 59))
        var own = hours.withLock { $0[hour] } ?? Hour()
        if let block = own.block, own.newest == last { return block }
        let minutes = try await stored.minutes(of: hour, knowing: own.minutes)
        guard minutes.contains(where: { $0 != .missing }) else { return nil }
        for (offset, minute) in minutes.enumerated() where minute != .missing { own.minutes[offset] = minute }
        let bytes = try await NIOThreadPool.singleton.runIfActive {
            BlockContents(first: hour, minutes, key: Sealer.key).bytes
        }
        own.block = try await Block.open(BlockInMemory(bytes))
        (own.newest, own.used) = (last, .now)
        // A complete hour no longer needs its lists.
        if last == hour.advanced(byMinutes: 59) { own.minutes = [:] }
        hours.withLock { [own] hours in
            hours[hour] = own
            guard hours.count > Self.most, let oldest = hours.min(by: { $0.value.used < $1.value.used }) else { return }
            hours[oldest.key] = nil
        }
        return own.block
    }
}
