import Archive
import CurlHTTP
import Logging
import NIOPosix
import Redis
import Synchronization
import Tape
import Workers

/// The stores and the Redis of an archive, as an archive worker's config names them, for commands that people run.
struct ArchivePlaces: Sendable {
    let config: ArchiveConfig
    let stores: [any BlockStore]
    let redis: RedisClient
    let clock: TapeClock
    /// Created when the first remote store needs it.
    private let client: Client

    /// Reads the config, by default the one that ships with cointape.
    init(_ path: String?, environment: Environment) throws {
        let path = path ?? "\(environment["CONFIG_DIR"] ?? "config")/archive.json"
        clock = try environment.clock()
        let configs = try ConfigFiles.load([path], environment: environment.variables, requiringNeeds: false)
        guard let config = configs.files.first?.config as? ArchiveConfig else {
            throw CommandError(.configuration, "\(path) is not the config of an archive worker")
        }
        self.config = config
        let client = Client(environment)
        self.client = client
        stores = config.stores.map { $0.store(.command, http: client.get) }
        redis = RedisClient(
            config.worker.redis.endpoint, name: "cointape-archive", timeout: .seconds(30),
            group: MultiThreadedEventLoopGroup.singleton, logger: Self.quiet)
    }

    func close() {
        redis.close()
        client.end()
    }

    /// The HTTP client for remote stores and apis.
    func http() -> HTTPClient { client.get() }

    var hours: StreamReader { reader(config.stream) }
    var days: StreamReader { reader(config.days) }

    var adoption: Adoption { Adoption(config, stores: stores, redis: redis, clock: clock, logger: Self.quiet) }

    /// Reads the stores, and from Redis the last hours.
    var reader: ArchiveReader {
        ArchiveReader(
            stores: stores,
            recent: RecentHours(
                lists: config.lists, keys: config.worker.redis.keys, redis: redis, clock: clock, logger: Self.quiet),
            logger: Self.quiet)
    }

    var storesAlone: ArchiveReader { ArchiveReader(stores: stores, logger: Self.quiet) }

    private func reader(_ stream: String) -> StreamReader {
        StreamReader(key: config.worker.redis.keys.stream(stream), redis: redis, clock: clock)
    }

    /// Errors are shown to the user, so they need not be logged.
    private static var quiet: Logger { Logger(label: "archive") { _ in SwiftLogNoOpLogHandler() } }

    /// An HTTP client that is started when it is needed.
    private final class Client: Sendable {
        private let environment: Environment
        private let started = Mutex<HTTPClient?>(nil)

        init(_ environment: Environment) {
            self.environment = environment
        }

        func get() -> HTTPClient {
            started.withLock { started in
                let client = started ?? HTTPClient(proxies: ProxySettings(environment.variables))
                started = client
                return client
            }
        }

        func end() { started.withLock(\.self)?.shutdown() }
    }
}
