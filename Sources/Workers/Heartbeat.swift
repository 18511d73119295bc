import Basics
import JSON
import Redis
import ServiceLifecycle
import Tape

/// Records in Redis that a worker is alive, with a key that expires by itself.
struct Heartbeat: Service {
    private let identity: WorkerIdentity
    private let keys: TapeKeys
    private let redis: RedisClient
    private let clock: TapeClock
    private let started: Timestamp

    private static let period: Duration = .seconds(5)
    /// If the user may not write, because each attempt adds a line to Redis' ACL LOG.
    private static let longPause: Duration = .seconds(600)

    init(identity: WorkerIdentity, keys: TapeKeys, redis: RedisClient, clock: TapeClock) {
        self.identity = identity
        self.keys = keys
        self.redis = redis
        self.clock = clock
        started = clock.now
    }

    func run() async {
        await cancelWhenGracefulShutdown { await beat() }
    }

    /// Sends heartbeats until cancelled.
    ///
    /// A heartbeat that fails because Redis is away is skipped.
    private func beat() async {
        var pause = Self.period
        repeat {
            let value = JSONWriter.object { writer in
                writer.member("kind", identity.kind)
                writer.member("pid", "\(identity.process)")
                writer.member("version", Version.current)
                writer.member("ledger", "\(Version.ledger)")
                writer.member("started", started.rfc3339)
                writer.member("last_minute", identity.lastMinute?.description ?? "")
            }
            // Three periods, so that one lost heartbeat does not make a worker appear dead. In real time, whatever the clock's
            // speed.
            let expiry = (Self.period * 3).milliseconds
            do throws(RedisError) {
                _ = try await redis.send(RedisCommand("SET", keys.worker(identity), value, "PX", expiry))
                pause = Self.period
            } catch {
                pause = error.isDenial ? Self.longPause : Self.period
            }
        } while (try? await Task.sleep(for: pause)) != nil
    }
}
