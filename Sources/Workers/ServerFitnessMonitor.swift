import Logging
import Logs
import Redis
import ServiceLifecycle
import Tape

/// Logs why a Redis is not fit for a tape: when it can first be reached, and when there are new findings.
struct ServerFitnessMonitor: Service {
    private let redis: RedisClient
    private let logger: Logger

    /// The period before the first answer, and after it.
    private static let (eagerly, calmly) = (Duration.seconds(1), Duration.seconds(30))

    init(redis: RedisClient, logger: Logger) {
        self.redis = redis
        self.logger = logger
    }

    func run() async {
        await cancelWhenGracefulShutdown { await poll() }
    }

    /// Checks until the task is cancelled.
    private func poll() async {
        var told: Set<String>?
        repeat {
            // If it cannot be reached, its users report that.
            guard let fitness = try? await ServerFitness.probe(redis) else { continue }
            for shortcoming in fitness.shortcomings where told?.contains(Self.kind(shortcoming)) != true {
                log(shortcoming)
            }
            told = Set(fitness.shortcomings.map(Self.kind))
        } while (try? await Task.sleep(for: told == nil ? Self.eagerly : Self.calmly)) != nil
    }

    /// The message without its numbers, which differ between checks.
    private static func kind(_ shortcoming: RedisShortcoming) -> String {
        shortcoming.description.filter { !$0.isNumber }
    }

    private func log(_ shortcoming: RedisShortcoming) {
        var metadata: Logger.Metadata = [
            LogKey.redis: "\(redis.endpoint)", LogKey.detail: "\(shortcoming.description)",
        ]
        if let remedy = shortcoming.remedy { metadata[LogKey.remedy] = "\(redis.server.cli) \(remedy)" }
        logger.warning(.redisUnfit, metadata: metadata)
    }
}
