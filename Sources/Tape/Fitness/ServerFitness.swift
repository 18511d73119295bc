import Basics
package import Redis

/// Whether a Redis is fit for a tape, as far as it reports.
package struct ServerFitness: Equatable, Sendable {
    /// Each with the command that fixes it, if there is one; empty if the server reports nothing wrong.
    package let shortcomings: [RedisShortcoming]
    /// The result of INFO; empty if its user may not run it.
    package let info: RedisInfo
    /// Commands that it refused, and what is unknown because of that.
    package private(set) var unknown: [String] = []
    /// Whether it is a replica, which accepts no writes.
    package var isReplica: Bool { info["role"] == "slave" }

    /// A larger difference between the clocks is reported; workers only use Redis' clock.
    private static let mostOffset: Duration = .seconds(2)

    /// `offset` is how far Redis' clock is ahead of this machine's.
    ///
    /// For a worker that writes nothing, a replica is as good as its primary.
    package init(info: RedisInfo, offset: Duration, writes: Bool = true) {
        self.info = info
        var shortcomings: [RedisShortcoming] = []
        if info.isAtLeast(6, 2) == false {
            shortcomings.append(
                RedisShortcoming("Redis 6.2 or later is needed, and this is \(info["redis_version"] ?? "older")"))
        }
        if writes, info["role"] == "slave" {
            shortcomings.append(
                RedisShortcoming(
                    "it is a replica, and nothing can be written to it: connect to its primary, "
                        + "\(info["master_host"] ?? "elsewhere"):\(info["master_port"] ?? "")"))
        }
        // Lists and leases expire, and streams do not; so every other policy evicts some of them.
        if let limit = info["maxmemory"], limit != "0", let policy = info["maxmemory_policy"], policy != "noeviction" {
            shortcomings.append(
                RedisShortcoming(
                    "maxmemory-policy is \(policy): what is kept may be thrown out when memory is short",
                    remedy: "CONFIG SET maxmemory-policy noeviction"))
        }
        if offset > Self.mostOffset || offset < .zero - Self.mostOffset {
            let side = offset > .zero ? "behind" : "ahead of"
            let seconds = abs(offset.components.seconds)
            shortcomings.append(
                RedisShortcoming(
                    "this machine's clock is \(seconds) s \(side) Redis', by which all workers go; "
                        + "timedatectl set-ntp true has it set"))
        }
        self.shortcomings = shortcomings
    }

    /// Queries the server, and sets the clock by its time.
    ///
    /// Throws if there is no connection, or the server is not ready. What its user may not query is in `unknown`. If a replica
    /// answers instead of a primary, it may have been demoted, and its name is resolved again before the next command.
    package static func probe(
        _ redis: RedisClient, settingClock clock: TapeClock? = nil, writes: Bool = true
    ) async throws(RedisError) -> ServerFitness {
        // Connecting takes time that must not count.
        _ = try await allowed(redis, RedisCommand("PING"))
        let (sent, instant) = (Timestamp.machineTime, ContinuousClock.now)
        let time = try await allowed(redis, RedisCommand("TIME"))
        let received = Timestamp.machineTime
        var offset: Duration = .zero
        if let time {
            guard let parts = time.array, parts.count == 2, let seconds = parts[0].text.flatMap({ Int64($0) }),
                let fraction = parts[1].text.flatMap({ Int64($0) })
            else { throw RedisError(.unexpectedReply, command: "TIME", message: "a reply that is not as it should be") }
            let now = Timestamp(milliseconds: 0) + .seconds(seconds) + .microseconds(fraction)
            clock?.adjust(redisMilliseconds: now.milliseconds, sent: instant)
            offset = now - (sent + (received - sent) / 2)
        }
        let info = try await allowed(redis, RedisCommand("INFO"))
        var fitness = ServerFitness(info: RedisInfo(info?.text ?? ""), offset: offset, writes: writes)
        if writes, fitness.isReplica { redis.noteReplica() }
        if time == nil { fitness.unknown.append("TIME: its time, by which all workers go") }
        if info == nil { fitness.unknown.append("INFO: its version, role and memory") }
        return fitness
    }

    /// Returns nil if the server refuses the command: the user lacks the right, or a hosted Redis lacks the command.
    private static func allowed(
        _ redis: RedisClient, _ command: RedisCommand
    ) async throws(RedisError) -> RedisReply? {
        do throws(RedisError) {
            return try await redis.sendUnlessDenied(command)
        } catch {
            guard error.isDenial || error.code == .server("ERR") else { throw error }
            return nil
        }
    }
}
