import Basics
import Redis
import Synchronization
import Tape

/// Checks periodically whether an api's Redis is fit for a tape, grants the rights that the api needs, and accepts its writes;
/// `/readyz` shows the results without waiting.
final class RedisReadiness: Sendable {
    private let redis: RedisClient
    private let keys: TapeKeys
    private let worker: String
    private let streams: [KeyFitness.Expected]
    private let reads: @Sendable (Minute) -> [RedisNeed]
    private let writes: (@Sendable (Minute) -> [RedisNeed])?
    private let clock: TapeClock
    private let newest: Mutex<[ReadinessCheck]>

    private static let period: Duration = .seconds(5)

    /// `redis` must not be shared, because a write may wait for the disk; `streams` are the names of the streams that the worker
    /// reads.
    ///
    /// `writes` returns what its writes need, besides the heartbeat, which is not essential; nil if it writes nothing, and then
    /// no probe key is written.
    init(
        redis: RedisClient, keys: TapeKeys, worker: String, streams: [String],
        reads: @escaping @Sendable (Minute) -> [RedisNeed], writes: (@Sendable (Minute) -> [RedisNeed])?,
        clock: TapeClock
    ) {
        self.redis = redis
        self.keys = keys
        self.worker = worker
        self.streams = streams.map { .init(keys.stream($0), "stream") }
        self.reads = reads
        self.writes = writes
        self.clock = clock
        newest = Mutex([
            ReadinessCheck(name: writes == nil ? "reads" : "writes", isWell: false, detail: "not checked yet")
        ])
    }

    /// One entry for each problem, or one that all is well.
    var checks: [ReadinessCheck] { newest.withLock(\.self) }

    /// Runs until cancelled.
    func run() async {
        repeat {
            let checks = await currentChecks()
            newest.withLock { $0 = checks }
        } while (try? await Task.sleep(for: Self.period)) != nil
    }

    private func currentChecks() async -> [ReadinessCheck] {
        let name = writes == nil ? "reads" : "writes"
        func check(_ redis: RedisClient, _ words: String, _ remedy: String?) -> ReadinessCheck {
            let suffix = remedy.map { "; \(redis.server.cli) \($0)" } ?? ""
            return ReadinessCheck(name: name, isWell: false, detail: "redis \(redis.endpoint): \(words)\(suffix)")
        }
        let minute = Minute(containing: clock.now)
        let needs = reads(minute) + (writes?(minute) ?? [])
        do throws(RedisError) {
            var checks: [ReadinessCheck] = []
            for server in try await redis.allServers() {
                let probe = WriteProbe(
                    server, key: writes == nil ? nil : server.ownKey(keys.probe(worker)), needs: needs)
                do throws(RedisError) {
                    let shortcomings =
                        try await ServerFitness.probe(server, writes: writes != nil).shortcomings + probe.run()
                    checks += shortcomings.map { check(server, $0.description, $0.remedy) }
                } catch {
                    checks.append(check(server, error.message, nil))
                }
            }
            // Without the right to query the keys, they are assumed to be fine.
            for (key, fault) in (try? await KeyFitness.faults(of: streams, redis)) ?? [] {
                switch fault {
                case .type(let type):
                    checks.append(
                        check(
                            redis, "the key \(key.key) should be a stream and is a \(type)",
                            "RENAME '\(key.key)' '\(key.key).\(type)'"))
                case .expires(let left):
                    checks.append(
                        check(
                            redis, "the key \(key.key) expires in \(left.components.seconds) s",
                            "PERSIST '\(key.key)'"))
                }
            }
            let verb = writes == nil ? "answers" : "takes"
            let well = ReadinessCheck(name: name, isWell: true, detail: "\(redis.endpoint) \(verb) them")
            return checks.isEmpty ? [well] : checks
        } catch {
            return [check(redis, error.message, nil)]
        }
    }
}
