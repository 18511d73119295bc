import Basics
import HTTPServer
import Logging
import Logs
import Orders
import POSIX
package import Redis
import Tape
import Telemetry

/// The clients by which an api reaches the places of orders.
package struct OrderClients: Sendable {
    /// For placing alone: it may wait for replicas, and holds up whoever shares its connection then.
    package let ledger: RedisClient
    /// For reading the ledger; the read model's own client where both are in one Redis, so that one round trip asks both.
    package let reading: RedisClient
    package let readModel: RedisClient
    /// Another Redis that remembers the newest acknowledged order; nil where none is named.
    package let witness: RedisClient?

    /// Makes a second client for reading the ledger if the read model is in another Redis.
    package init(ledger: RedisClient, readModel: RedisClient, witness: RedisClient? = nil) {
        self.ledger = ledger
        self.readModel = readModel
        self.witness = witness
        reading = ledger.endpoint == readModel.endpoint ? readModel : ledger.separate()
    }
}

/// The order half of an api: its routes, and what it keeps up to date for them.
struct OrderService: Sendable {
    private let placing: PlaceOrderRoute
    private let history: OrderHistoryRoute
    private let rateTail: RateTail
    private let watch: HorizonWatch
    private let look: OrdersLook
    private let rates: CurrentRates
    private let ratesStream: String
    private let ledger = LedgerSnapshot()
    private let clock: TapeClock

    /// `redis` has the stream of rates.
    init(
        _ settings: OrderServiceSettings, worker: String, keys: TapeKeys, redis: RedisClient, clients: OrderClients,
        clock: TapeClock, logger: Logger
    ) {
        let rates = CurrentRates()
        self.rates = rates
        self.clock = clock
        ratesStream = settings.rates
        let memory = Memory(settings.places, keys: keys, redis: clients.witness, logger: logger)
        let horizon = LedgerHorizon(witnesses: memory.witnesses)
        let key = keys.stream(settings.rates)
        rateTail = RateTail(
            rates: rates,
            tail: StreamTail(
                reader: StreamReader(key: key, redis: redis, clock: clock),
                waiting: StreamReader(key: key, redis: redis.separate(), clock: clock), clock: clock, logger: logger))
        let placer = OrderPlacer(
            redis: clients.ledger, keys: keys,
            confirmation: LedgerConfirmation(
                ledger: clients.ledger, keys: keys, acknowledgement: settings.places.acknowledgement),
            maxRateAge: settings.maxRateAge, horizon: horizon, clock: clock)
        let history = OrderHistory(readModel: clients.readModel, ledger: clients.reading, keys: keys, clock: clock)
        watch = HorizonWatch(
            history: history, horizon: horizon,
            keeper: HorizonKeeper(
                history: history, horizon: horizon, ledger: clients.reading, files: memory.found, witness: memory.redis,
                keys: keys, clock: clock),
            witnesses: memory.witnesses, ledger: ledger, clock: clock, logger: logger)
        // On connections of its own: a write that waits for the disk must not hold up a page or an order.
        let looking = clients.ledger.separate()
        let isOne = clients.ledger.endpoint == clients.readModel.endpoint
        look = OrdersLook(
            ledger: looking, readModel: isOne ? looking : clients.readModel.separate(),
            witness: clients.witness?.separate(), folder: settings.places.witnessFolder, keys: keys, worker: worker,
            acknowledgement: settings.places.acknowledgement, horizon: horizon, rates: rates,
            witnesses: memory.witnesses, clock: clock, logger: logger)
        placing = PlaceOrderRoute(
            placer: placer, rates: rates, ledger: ledger, maxRateAge: settings.maxRateAge, clock: clock)
        self.history = OrderHistoryRoute(history: history, ledger: ledger, clock: clock)
    }

    func routes(on loop: ServerLoop) -> [Route] {
        OrderRoutes.all(placing: placing, history: history, loop: loop)
    }

    func sample(_ metrics: MetricsRegistry) {
        ledger.sample(metrics)
        let (rates, clock) = (rates, clock)
        metrics.sample(.dataAge, [("stream", ratesStream)]) {
            rates.current.map { (clock.now - $0.minute.start) / .seconds(1) }
        }
    }

    /// For `/readyz`: by which rates an order would be priced.
    var ratesCheck: ReadinessCheck {
        guard let rates = rates.current else {
            return ReadinessCheck(name: "rates", isWell: false, detail: "none yet in \(ratesStream): no order is taken")
        }
        return ReadinessCheck(name: "rates", isWell: true, detail: ReadinessCheck.age(of: rates.minute, clock))
    }

    /// For `/readyz`: whether orders are taken, and last.
    var fitnessChecks: [ReadinessCheck] { look.checks }

    /// Runs until cancelled.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await rateTail.run() }
            group.addTask { await watch.run() }
            group.addTask { await look.run() }
        }
    }
}

/// What an api remembers of the ledger outside of it.
private struct Memory {
    var witnesses: [any LedgerWitness] = []
    /// What files of the folder held before this process wrote to one.
    var found: [WitnessFile.Found] = []
    var redis: WitnessRedis?

    /// Without a folder that can be written to an api works all the same, and says what that costs.
    init(_ settings: OrdersSettings, keys: TapeKeys, redis client: RedisClient?, logger: Logger) {
        if let folder = settings.witnessFolder {
            found = WitnessFile.read(folder: folder, prefix: keys.prefix)
            for file in found where file.record == nil {
                logger.error(.witnessUnreadable, metadata: [LogKey.path: "\(file.path)"])
            }
            do throws(SystemError) {
                witnesses.append(try WitnessFile(folder: folder, prefix: keys.prefix))
            } catch {
                logger.warning(
                    .witnessLost,
                    metadata: [
                        LogKey.error: "\(error)",
                        LogKey.detail:
                            "acknowledged orders that the ledger's Redis loses are forgotten when this api is restarted",
                    ])
            }
        }
        if let client {
            let witness = WitnessRedis(client, keys: keys)
            witnesses.append(witness)
            redis = witness
        }
    }
}
