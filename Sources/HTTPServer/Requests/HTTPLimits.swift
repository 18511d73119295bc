/// What a client may send, and how long it may take.
package struct HTTPLimits: Equatable, Sendable {
    /// Sizes are in bytes.
    package var maxURI = 8000
    /// The request line, all fields and the empty line.
    package var maxHead = 16_000
    /// How many fields a head and the trailer behind its body may have together; beyond it 431.
    package var maxFields = 100
    /// Of a chunked body without the framing; beyond it 413.
    package var maxBody = 64_000
    /// Of all requests together that are not answered yet.
    package var maxUnfinished = 32_000_000
    /// From a request's first byte to the end of its head.
    package var headTimeout = Duration.seconds(10)
    /// From there to the end of its body.
    package var bodyTimeout = Duration.seconds(10)
    /// Between two requests.
    package var idleTimeout = Duration.seconds(75)
    /// How long a client may take at least to read a response, or a part of one.
    var responseTimeout = Duration.seconds(60)

    package init() {}
}
