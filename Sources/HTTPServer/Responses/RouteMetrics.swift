import CoreMetrics
import Synchronization
import Telemetry

/// Counts the responses of one route by status, and times them.
package final class RouteMetrics: Sendable {
    private let route: String
    private let timer: CoreMetrics.Timer
    /// One for each status that occurred; there are few.
    private let counters = Mutex<[(status: Int, counter: Counter)]>([])

    /// `route` must have few values: a path that is served, with placeholders for its variable parts, or `other`.
    package init(_ route: String) {
        self.route = route
        timer = Timer(.httpSeconds, [("route", route)])
    }

    func count(status: Int) {
        let counter = counters.withLock { counters in
            if let known = counters.first(where: { $0.status == status }) { return known.counter }
            let counter = Counter(.httpRequests, [("route", route), ("status", "\(status)")])
            counters.append((status, counter))
            return counter
        }
        counter.increment()
    }

    func record(status: Int, nanoseconds: Int64) {
        count(status: status)
        timer.recordNanoseconds(nanoseconds)
    }
}
