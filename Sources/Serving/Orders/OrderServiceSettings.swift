import Config
package import Orders
import Tape

/// How an api takes orders.
package struct OrderServiceSettings: Sendable {
    package let places: OrdersSettings
    /// The stream of BTC rates.
    package let rates: String
    package let maxRateAge: Duration
    package let acknowledgement: Acknowledgement

    /// `reader` is the config's object `orders`, `parent` the config itself.
    init?(reading reader: ConfigReader, parent: ConfigReader, worker: WorkerSettings?) {
        let places = OrdersSettings(orders: reader, parent: parent, worker: worker)
        let rates = reader.name("rates", default: "btc_rate", "The stream of BTC rates by which orders are priced.")
        let maxRateAge = reader.duration(
            "max_rate_age", default: "3m", in: .seconds(60)...(.seconds(3600)),
            "How old the newest rate may be, by Redis' clock; beyond it orders are refused.")
        let acknowledgement = reader.object(
            "durability", optional: true,
            "What an order must be before it is acknowledged, beyond what the server does."
        ).flatMap(Self.acknowledgement)
        reader.finish()
        guard let places, let rates, let maxRateAge, let acknowledgement else { return nil }
        self.places = places
        self.rates = rates
        self.maxRateAge = maxRateAge
        self.acknowledgement = acknowledgement
    }

    private static func acknowledgement(reading reader: ConfigReader) -> Acknowledgement? {
        let replicas = reader.integer(
            "replicas", default: 0, in: 0...10, "How many replicas must have it (`WAIT`).")
        let fsync = reader.bool(
            "fsync", default: false,
            "Whether it must be on the disks, of the replicas asked for too (`WAITAOF`, from Redis 7.2 on).")
        let timeout = reader.duration(
            "timeout", default: "1s", in: .milliseconds(1)...(.seconds(60)),
            "How long that may take; then the answer is `outcome-unknown`.")
        reader.finish()
        guard let replicas, let fsync, let timeout else { return nil }
        return Acknowledgement(replicas: replicas, fsync: fsync, timeout: timeout)
    }
}
