import Basics
package import Redis

/// Whether a Redis is fit for a tape, as far as it tells itself.
package struct ServerFitness: Equatable, Sendable {
    /// Each with the line that mends it, where one does; empty if nothing is wrong that the server tells.
    package let shortcomings: [RedisShortcoming]
    /// What the server told of itself; nothing where its user may not ask.
    package let info: RedisInfo
    /// Commands that it refused, and what is not known therefore.
    package private(set) var unknown: [String] = []
    /// Whether nothing can be written to it for that alone.
    package var isReplica: Bool { info["role"] == "slave" }

    /// More than this apart, clocks are not what they should be; workers go by Redis' alone.
    private static let mostOffset: Duration = .seconds(2)

    /// `offset` is how far Redis' clock is ahead of this machine's.
    ///
    /// To a worker that writes nothing, which `writes` tells, a replica is as good as its primary.
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
        // Lists and leases have a time to live, streams have none: every other policy throws out some of them.
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

    /// Asks the server, and sets the clock by its time.
    ///
    /// Throws when there is no connection, or the server is not ready. What its user may not ask is `unknown`. A replica in
    /// the place of a primary may be one that was demoted: its name is resolved anew before the next command then.
    package static func look(
        _ redis: RedisClient, settingClock clock: TapeClock? = nil, writes: Bool = true
    ) async throws(RedisError) -> ServerFitness {
        // Connecting takes its time, which must not count.
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

    /// nil where the server refuses the command: another user's right, or a hosted Redis without it.
    private static func allowed(
        _ redis: RedisClient, _ command: RedisCommand
    ) async throws(RedisError) -> RedisReply? {
        do throws(RedisError) {
            return try await redis.look(command)
        } catch {
            guard error.isDenial || error.code == .server("ERR") else { throw error }
            return nil
        }
    }
}
