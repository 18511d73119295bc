package import Config

/// What a client may send, and how long it may take.
package struct HTTPLimits: Equatable, Sendable {
    /// Sizes are in bytes.
    package var maxURI = 8000
    /// The request line, all fields and the empty line.
    package var maxHead = 16_000
    package var maxFields = 100
    package var maxBody = 64_000
    /// Of all unfinished requests together.
    package var maxUnfinished = 32_000_000
    /// From a request's first byte to the end of its head.
    package var headTimeout = Duration.seconds(10)
    /// From there to the end of its body.
    package var bodyTimeout = Duration.seconds(10)
    /// Between two requests.
    package var idleTimeout = Duration.seconds(75)
    package var maxConnections = 10_000
    /// Whether lists at hand are answered, and orders placed, without the routes.
    package var hasShortcut = true

    package init() {}

    package init?(reading reader: ConfigReader) {
        let maxURI = reader.bytes(
            "max_uri", default: "8kB", atMost: "1MB", "The longest request target; beyond it 414.")
        let maxHead = reader.bytes(
            "max_head", default: "16kB", atMost: "1MB", "The longest head of a request; beyond it 431.")
        let maxBody = reader.bytes(
            "max_body", default: "64kB", atMost: "100MB", "The longest body of a request; beyond it 413.")
        let maxUnfinished = reader.bytes(
            "max_unfinished", default: "32MB", atMost: "10GB",
            "How much memory the unfinished requests of more than 4 kB may hold together; beyond it 503.")
        let times = Duration.milliseconds(100)...(.seconds(3600))
        let headTimeout = reader.duration(
            "head_timeout", default: "10s", in: times,
            "How long a head may take from its first byte on; beyond it 408.")
        let bodyTimeout = reader.duration(
            "body_timeout", default: "10s", in: times, "How long the body may take after that; beyond it 408.")
        let idleTimeout = reader.duration(
            "idle_timeout", default: "75s", in: times, "How long a connection may say nothing between two requests.")
        let maxConnections = reader.integer(
            "max_connections", default: 10_000, in: 1...1_000_000,
            "How many connections each address of `listen` takes at once; more wait.")
        let hasShortcut = reader.bool(
            "shortcut", default: true,
            "Whether lists at hand are answered, and orders placed, on their connection's event loop; the routes answer alike, and slower."
        )
        reader.finish()
        guard let maxURI, let maxHead, let maxBody, let maxUnfinished, let headTimeout, let bodyTimeout,
            let idleTimeout,
            let maxConnections, let hasShortcut
        else { return nil }
        self.maxURI = maxURI
        self.maxHead = maxHead
        self.maxBody = maxBody
        self.maxUnfinished = maxUnfinished
        self.headTimeout = headTimeout
        self.bodyTimeout = bodyTimeout
        self.idleTimeout = idleTimeout
        self.maxConnections = maxConnections
        self.hasShortcut = hasShortcut
    }
}
