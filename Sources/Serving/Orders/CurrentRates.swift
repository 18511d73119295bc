import Orders
import Synchronization

/// The newest BTC rates, shared by all requests.
final class CurrentRates: Sendable {
    private let rates = Mutex<BTCRates?>(nil)

    var current: BTCRates? { rates.withLock(\.self) }

    /// Replaces the rates, unless the present ones are newer.
    func offer(_ newer: BTCRates) {
        rates.withLock { rates in
            if let old = rates, old.minute > newer.minute { return }
            rates = newer
        }
    }
}
