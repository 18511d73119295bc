package import Config
package import HTTPServer

/// The object `http` of an api's config: limits for the size and duration of requests.
package struct HTTPSettings: Equatable, Sendable {
    package let limits: HTTPLimits
    /// For each address.
    package let maxConnections: Int

    /// nil, with issues, also if `max_unfinished` is too small for one request.
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
        reader.finish()
        guard let maxURI, let maxHead, let maxBody, let maxUnfinished, let headTimeout, let bodyTimeout,
            let idleTimeout, let maxConnections
        else { return nil }
        // Buffers grow in powers of two.
        let least = 1 << (Int.bitWidth - (maxHead + maxBody - 1).leadingZeroBitCount)
        guard maxUnfinished >= least else {
            reader.complain(
                about: "max_unfinished",
                "is too little for one request with max_head and max_body: should be at least \(least)B")
            return nil
        }
        var limits = HTTPLimits()
        limits.maxURI = maxURI
        limits.maxHead = maxHead
        limits.maxBody = maxBody
        limits.maxUnfinished = maxUnfinished
        limits.headTimeout = headTimeout
        limits.bodyTimeout = bodyTimeout
        limits.idleTimeout = idleTimeout
        self.limits = limits
        self.maxConnections = maxConnections
    }
}
