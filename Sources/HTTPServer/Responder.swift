package import NIOCore

/// Answers the requests of the connections of one event loop.
package protocol Responder: AnyObject {
    /// Called on the event loop, for one request of a connection at a time; must not block.
    func respond(to request: Request) -> Answer

    /// Counts requests that are refused before they reach the responder; nil if they are not counted.
    var refusals: RouteMetrics? { get }

    /// The value of the field Allow (RFC 9110, 10.2.1) for a method that no path accepts: `GET, HEAD`.
    var methods: String { get }
}

extension Responder {
    /// By default refused requests are not counted.
    package var refusals: RouteMetrics? { nil }

    /// By default only the methods that read.
    package var methods: String { "GET, HEAD" }
}

/// A response that is ready, or will be.
package struct Answer {
    /// The response, or the future of one.
    package enum Outcome {
        /// Sent at once; the fast way, for everything that is available.
        case ready(Response)
        /// Sent when the future succeeds, which belongs to the connection's event loop and must not fail.
        case pending(EventLoopFuture<Response>)

        /// If `body` throws a problem, that is the response.
        package init(_ body: () throws(Problem) -> Outcome) {
            do throws(Problem) {
                self = try body()
            } catch {
                self = .ready(error.response)
            }
        }

        /// Completes the promise with the response, now or later.
        package func cascade(to promise: EventLoopPromise<Response>) {
            switch self {
            case .ready(let response): promise.succeed(response)
            case .pending(let response): response.cascade(to: promise)
            }
        }
    }

    package let outcome: Outcome
    /// Where the response is counted; nil if it is not counted.
    package let metrics: RouteMetrics?

    package init(_ outcome: Outcome, _ metrics: RouteMetrics? = nil) {
        self.outcome = outcome
        self.metrics = metrics
    }
}
