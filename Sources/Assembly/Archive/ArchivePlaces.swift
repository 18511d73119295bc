import Archive
import Logging
import NIOPosix
import Redis
import Tape
import Workers

/// The stores of an archive and its Redis, as the config of an archive worker names them, for commands of people.
struct ArchivePlaces: Sendable {
    let config: ArchiveConfig
    let stores: [any BlockStore]
    let redis: RedisClient
    let clock: TapeClock

    /// Reads the config, by default the shipped one.
    init(_ path: String?, environment: Environment) throws {
        let path = path ?? "\(environment["CONFIG_DIR"] ?? "config")/archive.json"
        clock = try environment.clock()
        let configs = try ConfigFiles.load([path], environment: environment.variables, requiringNeeds: false)
        guard let config = configs.files.first?.config as? ArchiveConfig else {
            throw CommandError(.configuration, "\(path) is not the config of an archive worker")
        }
        self.config = config
        stores = config.stores.map(\.store)
        redis = RedisClient(
            config.worker.redis.endpoint, name: "cointape-archive", timeout: .seconds(30),
            group: MultiThreadedEventLoopGroup.singleton, logger: Self.quiet)
    }

    func close() { redis.close() }

    var hours: StreamReader { reader(config.stream) }
    var days: StreamReader { reader(config.days) }

    var adoption: Adoption { Adoption(config, redis: redis, clock: clock, logger: Self.quiet) }

    /// Of the stores, and of what Redis has of the last hours.
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

    /// What is wrong is thrown at people, and need not be logged.
    private static var quiet: Logger { Logger(label: "archive") { _ in SwiftLogNoOpLogHandler() } }
}
