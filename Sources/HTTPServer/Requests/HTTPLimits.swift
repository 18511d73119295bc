/// Limits for the size and the duration of what a client sends.
package struct HTTPLimits: Equatable, Sendable {
    /// Sizes are in bytes.
    package var maxURI = 8000
    /// The request line, all fields and the empty line.
    package var maxHead = 16_000
    /// The most fields that a head and the trailer after its body may have together; more are answered with 431.
    package var maxFields = 100
    /// The largest body, without the framing of chunks; larger ones are answered with 413.
    package var maxBody = 64_000
    /// The total size of all requests that are not answered yet.
    package var maxUnfinished = 32_000_000
    /// From a request's first byte to the end of its head.
    package var headTimeout = Duration.seconds(10)
    /// From there to the end of its body.
    package var bodyTimeout = Duration.seconds(10)
    /// Between two requests.
    package var idleTimeout = Duration.seconds(75)
    /// The minimum time that a client has to read a response, or a part of one.
    var responseTimeout = Duration.seconds(60)

    package init() {}
}
