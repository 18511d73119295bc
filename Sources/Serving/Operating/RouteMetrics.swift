import CoreMetrics
import Synchronization
import Telemetry

/// Counts answers by route and status, and times them by route.
final class RouteMetrics: Sendable {
    private struct Key: Hashable {
        let route: String
        let status: Int
    }

    private struct Known {
        var counters: [Key: Counter] = [:]
        var timers: [String: Timer] = [:]
    }

    private let known = Mutex(Known())

    /// `route` must be one of few: a path that is served, with its variable part named, or `other`.
    func answered(_ route: String, status: Int, after duration: Duration) {
        let (counter, timer) = known.withLock { known in
            let key = Key(route: route, status: status)
            let counter =
                known.counters[key] ?? Counter(.httpRequests, [("route", route), ("status", "\(status)")])
            let timer = known.timers[route] ?? Timer(.httpSeconds, [("route", route)])
            known.counters[key] = counter
            known.timers[route] = timer
            return (counter, timer)
        }
        counter.increment()
        timer.record(duration)
    }

    /// A request that was refused before any route saw it.
    static func refused(status: Int) {
        Counter(.httpRequests, [("route", "refused"), ("status", "\(status)")]).increment()
    }
}
