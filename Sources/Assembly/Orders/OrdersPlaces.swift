import Logging
import NIOPosix
import Orders
import Projecting
import Redis
import Tape
import Workers

/// The ledger and its read model, as a project worker's config names them, for commands that people run.
struct OrdersPlaces: Sendable {
    let path: String
    let ledger: RedisClient
    let readModel: RedisClient
    let witnesses: LedgerWitnesses
    let acknowledgement: Acknowledgement
    /// The worker's own Redis.
    let redis: RedisClient
    /// The stream of rates, in that Redis.
    let rates: StreamReader
    let keys: TapeKeys
    let clock: TapeClock

    init(_ config: ProjectConfig, path: String, clock: TapeClock) {
        self.init(config.orders, worker: config.worker, path: path, clock: clock)
    }

    /// `worker` has the keys, and the Redis that holds the rates.
    init(_ orders: OrdersSettings, worker: WorkerSettings, path: String, clock: TapeClock) {
        // Errors are shown to the user, so they need not be logged.
        var clients: [RedisClient] = []
        func client(_ endpoint: RedisEndpoint) -> RedisClient {
            if let known = clients.first(where: { $0.endpoint == endpoint }) { return known.separate() }
            let client = RedisClient(
                endpoint, name: "cointape-orders", group: MultiThreadedEventLoopGroup.singleton,
                logger: Logger(label: "orders") { _ in SwiftLogNoOpLogHandler() })
            clients.append(client)
            return client
        }
        self.path = path
        self.clock = clock
        keys = worker.redis.keys
        ledger = client(orders.ledger)
        readModel = client(orders.readModel)
        witnesses = LedgerWitnesses(
            folder: orders.witnessFolder, redis: orders.witnessRedis.map(client), keys: keys)
        acknowledgement = orders.acknowledgement
        redis = client(worker.redis.endpoint)
        rates = StreamReader(key: keys.stream(orders.rates), redis: redis, clock: clock)
    }

    /// Reads the config, by default the one that ships with cointape.
    init(_ path: String?, environment: Environment) throws {
        let path = path ?? "\(environment["CONFIG_DIR"] ?? "config")/ledger.json"
        let clock = try environment.clock()
        let configs = try ConfigFiles.load([path], environment: environment.variables, requiringNeeds: false)
        guard let config = configs.files.first?.config as? ProjectConfig else {
            throw CommandError(.configuration, "\(path) is not the config of a project worker")
        }
        self.init(config, path: path, clock: clock)
    }

    func close() {
        ledger.close()
        readModel.close()
        witnesses.close()
        redis.close()
    }

    var opener: LedgerOpener {
        LedgerOpener(ledger: ledger, readModel: readModel, witnesses: witnesses, keys: keys, clock: clock)
    }

    var history: OrderHistory {
        OrderHistory(readModel: readModel, ledger: ledger, keys: keys, clock: clock)
    }

    /// Whether the rates are real or from the sandbox; nil if there are no rates.
    func kindOfRates() async throws(RedisError) -> DataKind? {
        try await newestRates().flatMap { DataKind(of: $0) }
    }

    /// Names the ledger's currencies that the newest rates lack; nil if none, or if there are no readable rates.
    func unrated(_ terms: LedgerTerms) async throws(RedisError) -> String? {
        guard let entry = try await newestRates() else { return nil }
        return (try? BTCRates(entry))?.shortfall(for: terms)
    }

    /// Prints which of the ledger's currencies the newest rates lack; a failure here does not undo the command.
    func printUnrated(_ terms: LedgerTerms, _ print: (String) -> Void) async {
        do throws(RedisError) {
            if let words = try await unrated(terms) { print("note: \(words)") }
        } catch {
            print("note: whether there are rates for all currencies is not known: \(error)")
        }
    }

    private func newestRates() async throws(RedisError) -> TapeEntry? {
        // The ledger's opening is dated by Redis' clock.
        guard try await rates.newestID() != nil else { return nil }
        return try await rates.newest(150).first { $0.rows != nil }
    }
}

extension OrdersPlaces {
    /// Orders that were acknowledged but are missing in the ledger and not yet counted, and where each loss was found.
    func losses() async throws -> [(place: String, loss: LedgerLoss)] {
        let check = LossCheck(ledger: ledger, keys: keys, clock: clock)
        let opening = (try? await history.opening()) ?? nil
        var found = try await witnesses.found()
        if let mark = try await check.mark() {
            found.append(LedgerWitnesses.Found(place: "the mark \(keys.missing)", record: mark))
        }
        var losses: [(place: String, loss: LedgerLoss)] = []
        for witness in found {
            if case .lost(let loss) = try await check.verdict(on: witness.record, opening: opening) {
                losses.append((witness.place, loss))
            }
        }
        return losses
    }
}

extension OrdersPlaces {
    /// Returns the result of the body; if the body finds damage, throws an error that says what to do.
    func explainingDamage<Result>(_ body: () async throws -> Result) async throws -> Result {
        do {
            return try await body()
        } catch let error as DamagedEntry {
            throw CommandError(.refused, "\(error); cointape orders verify tells more")
        } catch let stop as FoldStop {
            switch stop {
            case .ledgerDamaged, .ledgerLost:
                throw CommandError(.refused, "\(stop); cointape orders verify tells more")
            case .readModelDamaged: throw CommandError(.refused, "\(stop); run cointape orders rebuild again")
            case .unconfirmed: throw CommandError(.refused, "\(stop); try again when they are")
            }
        }
    }
}
