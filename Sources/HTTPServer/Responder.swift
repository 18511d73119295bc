package import NIOCore

/// Answers the requests of an event loop's connections.
package protocol Responder: AnyObject {
    /// Called on the event loop, for one request of a connection at a time; must not block.
    func respond(to request: Request) -> Answer

    /// Counts requests that are refused before they reach the responder; nil if they are not counted.
    var refusals: RouteMetrics? { get }

    /// What the field Allow (RFC 9110, 10.2.1) says to a request whose method no path takes: `GET, HEAD`.
    var methods: String { get }
}

extension Responder {
    /// By default refused requests are not counted.
    package var refusals: RouteMetrics? { nil }

    /// By default nothing but reading.
    package var methods: String { "GET, HEAD" }
}

/// A response that is ready, or will be.
package struct Answer {
    /// The response, or the future of one.
    package enum Outcome {
        /// Sent at once: this is the fast way, and what is at hand takes it.
        case ready(Response)
        /// Sent when the future succeeds: it belongs to the connection's event loop, and must not fail.
        case pending(EventLoopFuture<Response>)

        /// A problem that is thrown is the response.
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
    /// Where the response is counted; nil counts none.
    package let metrics: RouteMetrics?

    package init(_ outcome: Outcome, _ metrics: RouteMetrics? = nil) {
        self.outcome = outcome
        self.metrics = metrics
    }
}
