import Logging
import Logs
import Redis
import ServiceLifecycle
import Tape

/// Says in what a Redis is not fit for a tape: when it can first be reached, and when there is something new to say.
struct ServerLook: Service {
    private let redis: RedisClient
    private let logger: Logger

    /// Until it has answered, and then.
    private static let (eagerly, calmly) = (Duration.seconds(1), Duration.seconds(30))

    init(redis: RedisClient, logger: Logger) {
        self.redis = redis
        self.logger = logger
    }

    func run() async {
        await cancelWhenGracefulShutdown { await look() }
    }

    /// Looks until the task is cancelled.
    private func look() async {
        var told: Set<String>?
        repeat {
            // That it cannot be reached is told by those who work with it.
            guard let fitness = try? await ServerFitness.look(redis) else { continue }
            for shortcoming in fitness.shortcomings where told?.contains(Self.kind(shortcoming)) != true {
                tell(shortcoming)
            }
            told = Set(fitness.shortcomings.map(Self.kind))
        } while (try? await Task.sleep(for: told == nil ? Self.eagerly : Self.calmly)) != nil
    }

    /// The words without their figures, which differ from look to look.
    private static func kind(_ shortcoming: RedisShortcoming) -> String {
        shortcoming.description.filter { !$0.isNumber }
    }

    private func tell(_ shortcoming: RedisShortcoming) {
        var metadata: Logger.Metadata = [
            LogKey.redis: "\(redis.endpoint)", LogKey.detail: "\(shortcoming.description)",
        ]
        if let remedy = shortcoming.remedy { metadata[LogKey.remedy] = "\(redis.endpoint.cli) \(remedy)" }
        logger.warning(.redisUnfit, metadata: metadata)
    }
}
