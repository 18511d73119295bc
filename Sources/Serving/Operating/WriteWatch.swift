import Redis
import Synchronization
import Tape

/// Looks now and then whether a worker's Redis takes writes and is fit for a tape, for `/readyz`, which must not wait for it.
final class WriteWatch: Sendable {
    private let redis: RedisClient
    private let probe: WriteProbe
    private let streams: [KeyFitness.Expected]
    private let newest = Mutex<[ReadinessCheck]>([
        ReadinessCheck(name: "writes", isWell: false, detail: "not looked at yet")
    ])

    private static let period: Duration = .seconds(5)

    /// `redis` must be nobody else's, for a write may wait for the disk; `streams` are the names of those that the worker reads.
    init(redis: RedisClient, keys: TapeKeys, worker: String, streams: [String]) {
        self.redis = redis
        probe = WriteProbe(redis, key: keys.probe(worker), needs: [])
        self.streams = streams.map { .init(keys.stream($0), "stream") }
    }

    /// A line for each thing that is wrong, or one.
    var checks: [ReadinessCheck] { newest.withLock(\.self) }

    /// Runs until cancelled.
    func run() async {
        repeat {
            let checks = await look()
            newest.withLock { $0 = checks }
        } while (try? await Task.sleep(for: Self.period)) != nil
    }

    private func look() async -> [ReadinessCheck] {
        let cli = redis.endpoint.cli
        func check(_ words: String, _ remedy: String?) -> ReadinessCheck {
            let mend = remedy.map { "; \(cli) \($0)" } ?? ""
            return ReadinessCheck(name: "writes", isWell: false, detail: "redis \(redis.endpoint): \(words)\(mend)")
        }
        do throws(RedisError) {
            let shortcomings = try await ServerFitness.look(redis).shortcomings + probe.look()
            var checks = shortcomings.map { check($0.words, $0.remedy) }
            // Without the right to ask nothing is held against the keys.
            for (key, fault) in (try? await KeyFitness.faults(of: streams, redis)) ?? [] {
                switch fault {
                case .type(let type):
                    checks.append(
                        check(
                            "the key \(key.key) should be a stream and is a \(type)",
                            "RENAME '\(key.key)' '\(key.key).\(type)'"))
                case .expires(let left):
                    checks.append(
                        check("the key \(key.key) expires in \(left.components.seconds) s", "PERSIST '\(key.key)'"))
                }
            }
            let well = ReadinessCheck(name: "writes", isWell: true, detail: "\(redis.endpoint) takes them")
            return checks.isEmpty ? [well] : checks
        } catch {
            return [check(error.message, nil)]
        }
    }
}
