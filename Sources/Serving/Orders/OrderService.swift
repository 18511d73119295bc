import Basics
import HTTPServer
import Logging
import Logs
import Orders
import POSIX
package import Redis
import Tape
import Telemetry

/// The Redis clients of an api for orders.
package struct OrderClients: Sendable {
    /// Only for placing orders, because it may wait for replicas and would block others on its connection.
    package let ledger: RedisClient
    /// For reading the ledger; shared with the read model if both are in one Redis, so that one round trip queries both.
    package let reading: RedisClient
    package let readModel: RedisClient
    /// Another Redis that stores the newest acknowledged order; nil if none is configured.
    package let witness: RedisClient?

    /// Creates a second client for reading the ledger if the read model is in another Redis.
    package init(ledger: RedisClient, readModel: RedisClient, witness: RedisClient? = nil) {
        self.ledger = ledger
        self.readModel = readModel
        self.witness = witness
        reading = ledger.endpoint == readModel.endpoint ? readModel : ledger.separate()
    }
}

/// The part of an api that handles orders: its routes, and the tasks that keep their data up to date.
struct OrderService: Sendable {
    private let placing: PlaceOrderRoute
    private let quote: QuoteRoute
    private let history: OrderHistoryRoute
    private let rateTail: RateTail
    private let monitor: LedgerMonitor
    private let readiness: OrderReadiness
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
        let expectedEntries = ExpectedEntries(witnesses: memory.witnesses)
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
            maxRateAge: settings.maxRateAge, expectedEntries: expectedEntries, clock: clock)
        let history = OrderHistory(readModel: clients.readModel, ledger: clients.reading, keys: keys, clock: clock)
        monitor = LedgerMonitor(
            history: history, expectedEntries: expectedEntries,
            detector: LossDetector(
                history: history, expectedEntries: expectedEntries, ledger: clients.reading, files: memory.found,
                witness: memory.redis,
                keys: keys, clock: clock),
            witnesses: memory.witnesses, ledger: ledger, clock: clock, logger: logger)
        // On separate connections, because a write that waits for the disk must not block a page or an order.
        let probing = clients.ledger.separate()
        let isOne = clients.ledger.endpoint.isSameDatabase(as: clients.readModel.endpoint)
        readiness = OrderReadiness(
            ledger: probing, readModel: isOne ? probing : clients.readModel.separate(),
            witness: clients.witness?.separate(), folder: settings.places.witnessFolder, keys: keys, worker: worker,
            acknowledgement: settings.places.acknowledgement, expectedEntries: expectedEntries, rates: rates,
            witnesses: memory.witnesses, clock: clock, logger: logger)
        let refusals = OrderRefusals(expectedEntries: expectedEntries, maxRateAge: settings.maxRateAge, clock: clock)
        placing = PlaceOrderRoute(placer: placer, rates: rates, ledger: ledger, refusals: refusals)
        quote = QuoteRoute(placer: placer, rates: rates, ledger: ledger, refusals: refusals)
        self.history = OrderHistoryRoute(history: history, ledger: ledger, clock: clock)
    }

    func routes(on loop: ServerLoop) -> [Route] {
        OrderRoutes.all(placing: placing, quote: quote, history: history, loop: loop)
    }

    func sample(_ metrics: MetricsRegistry) {
        PlaceOrderRoute.beginCounting()
        ledger.sample(metrics)
        let (rates, clock) = (rates, clock)
        metrics.sample(.dataAge, [("stream", ratesStream)]) {
            rates.current.map { (clock.now - $0.minute.start) / .seconds(1) }
        }
    }

    /// For `/readyz`: which rates would price an order.
    var ratesCheck: ReadinessCheck {
        guard let rates = rates.current else {
            return ReadinessCheck(name: "rates", isWell: false, detail: "none yet in \(ratesStream): no order is taken")
        }
        return ReadinessCheck(name: "rates", isWell: true, detail: ReadinessCheck.age(of: rates.minute, clock))
    }

    /// For `/readyz`: whether orders are taken, and will last.
    var fitnessChecks: [ReadinessCheck] { readiness.checks }

    /// Runs until cancelled.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await rateTail.run() }
            group.addTask { await monitor.run() }
            group.addTask { await readiness.run() }
        }
    }
}

/// What an api stores about the ledger outside of it.
private struct Memory {
    var witnesses: [any LedgerWitness] = []
    /// The content of the folder's files before this process wrote to one of them.
    var found: [WitnessFile.Found] = []
    var redis: WitnessRedis?

    /// Without a writable folder the api still works, and logs the consequence.
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
