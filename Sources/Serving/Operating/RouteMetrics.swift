import CoreMetrics
import Synchronization
import Telemetry

/// Counts answers by route and status, and times them by route.
final class RouteMetrics: Sendable {
    private struct Key: Hashable {
        let route: String
        let status: Int
    }

    /// Where answers of a route with a status are counted.
    struct Instruments: Sendable {
        fileprivate let counter: Counter
        fileprivate let timer: CoreMetrics.Timer

        func record(nanoseconds: Int64) {
            counter.increment()
            timer.recordNanoseconds(nanoseconds)
        }
    }

    private let known = Mutex<[Key: Instruments]>([:])

    /// `route` must be one of few: a path that is served, with its variable part named, or `other`.
    func instruments(_ route: String, status: Int) -> Instruments {
        known.withLock { known in
            let key = Key(route: route, status: status)
            if let instruments = known[key] { return instruments }
            let instruments = Instruments(
                counter: Counter(.httpRequests, [("route", route), ("status", "\(status)")]),
                timer: Timer(.httpSeconds, [("route", route)]))
            known[key] = instruments
            return instruments
        }
    }

    func answered(_ route: String, status: Int, after duration: Duration) {
        let (seconds, attoseconds) = duration.components
        instruments(route, status: status)
            .record(nanoseconds: seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }

    /// A request that was refused before any route saw it.
    static func refused(status: Int) {
        Counter(.httpRequests, [("route", "refused"), ("status", "\(status)")]).increment()
    }
}
