import Basics
import Logging
import Orders
package import Redis
import Tape

/// The clients by which an api reaches the places of orders.
package struct OrderClients: Sendable {
    package let ledger: RedisClient
    package let readModel: RedisClient

    package init(ledger: RedisClient, readModel: RedisClient) {
        self.ledger = ledger
        self.readModel = readModel
    }
}

/// The order half of an api: its routes, and what it keeps up to date for them.
struct OrderService: Sendable {
    let routes: OrderRoutes
    private let rateTail: RateTail
    private let watch: HorizonWatch
    private let durability: DurabilityLook

    /// `redis` has the stream of rates.
    init(
        _ settings: OrderServiceSettings, keys: TapeKeys, redis: RedisClient, clients: OrderClients, clock: TapeClock,
        logger: Logger
    ) {
        let rates = CurrentRates()
        let horizon = LedgerHorizon()
        let key = keys.stream(settings.rates)
        rateTail = RateTail(
            rates: rates,
            tail: StreamTail(
                reader: StreamReader(key: key, redis: redis, clock: clock),
                waiting: StreamReader(key: key, redis: redis.separate(), clock: clock), clock: clock, logger: logger))
        let desk = OrderDesk(
            redis: clients.ledger, keys: keys, acknowledgement: settings.acknowledgement,
            maxRateAge: settings.maxRateAge, horizon: horizon, clock: clock)
        let history = OrderHistory(readModel: clients.readModel, ledger: clients.ledger, keys: keys, clock: clock)
        watch = HorizonWatch(history: history, horizon: horizon, logger: logger)
        durability = DurabilityLook(
            redis: clients.ledger, acknowledgement: settings.acknowledgement, logger: logger)
        routes = OrderRoutes(
            place: PlaceOrderRoute(desk: desk, rates: rates, maxRateAge: settings.maxRateAge, clock: clock),
            history: OrderHistoryRoute(history: history, horizon: horizon, clock: clock))
    }

    /// Runs until cancelled.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await rateTail.run() }
            group.addTask { await watch.run() }
            group.addTask { await durability.run() }
        }
    }
}
