import Config
package import Orders
import Tape
import Workers

/// How an api takes orders.
package struct OrderServiceSettings: Sendable {
    /// Where orders and rates are: the ledger, the read model, the stream of rates and the witnesses.
    package let places: OrdersSettings
    /// How old the newest rate may be, by Redis' clock; if it is older, orders are refused.
    package let maxRateAge: Duration

    /// The stream of BTC rates.
    package var rates: String { places.rates }

    /// `reader` is the config's object `orders`, `parent` the config itself.
    init?(reading reader: ConfigReader, parent: ConfigReader, worker: WorkerSettings?) {
        let places = OrdersSettings(orders: reader, parent: parent, own: worker?.redis)
        let maxRateAge = reader.duration(
            "max_rate_age", default: "3m", in: .seconds(60)...(.seconds(3600)),
            "How old the newest rate may be, by Redis' clock; beyond it orders are refused.")
        reader.finish()
        guard let places, let maxRateAge else { return nil }
        self.places = places
        self.maxRateAge = maxRateAge
    }
}
