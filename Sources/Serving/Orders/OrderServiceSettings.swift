import Config
package import Orders
import Tape

/// How an api takes orders.
package struct OrderServiceSettings: Sendable {
    package let places: OrdersSettings
    /// The stream of BTC rates.
    package let rates: String
    package let maxRateAge: Duration

    /// `reader` is the config's object `orders`, `parent` the config itself.
    init?(reading reader: ConfigReader, parent: ConfigReader, worker: WorkerSettings?) {
        let places = OrdersSettings(orders: reader, parent: parent, worker: worker)
        let rates = reader.name("rates", default: "btc_rate", "The stream of BTC rates by which orders are priced.")
        let maxRateAge = reader.duration(
            "max_rate_age", default: "3m", in: .seconds(60)...(.seconds(3600)),
            "How old the newest rate may be, by Redis' clock; beyond it orders are refused.")
        reader.finish()
        guard let places, let rates, let maxRateAge else { return nil }
        self.places = places
        self.rates = rates
        self.maxRateAge = maxRateAge
    }
}
