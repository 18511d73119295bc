import Logging
import Logs
import Redis
import ServiceLifecycle
import Tape

/// Logs why a Redis, or a node of a cluster, is not fit for a tape: when it can first be reached, and when there are new
/// findings.
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
        var told: [RedisEndpoint: Set<String>] = [:]
        var isComplete = false
        repeat {
            // If it cannot be reached, its users report that.
            guard let servers = try? await redis.allServers() else { continue }
            for server in servers {
                guard let fitness = try? await ServerFitness.probe(server) else { continue }
                for shortcoming in fitness.shortcomings
                where told[server.endpoint]?.contains(Self.kind(shortcoming)) != true {
                    log(shortcoming, of: server)
                }
                told[server.endpoint] = Set(fitness.shortcomings.map(Self.kind))
            }
            isComplete = servers.allSatisfy { told[$0.endpoint] != nil }
        } while (try? await Task.sleep(for: isComplete ? Self.calmly : Self.eagerly)) != nil
    }

    /// The message without its numbers, which differ between checks.
    private static func kind(_ shortcoming: RedisShortcoming) -> String {
        shortcoming.description.filter { !$0.isNumber }
    }

    private func log(_ shortcoming: RedisShortcoming, of server: RedisClient) {
        var metadata: Logger.Metadata = [
            LogKey.redis: "\(server.endpoint)", LogKey.detail: "\(shortcoming.description)",
        ]
        if let remedy = shortcoming.remedy { metadata[LogKey.remedy] = "\(server.server.cli) \(remedy)" }
        logger.warning(.redisUnfit, metadata: metadata)
    }
}
