/// A request, by default a GET, with limits for its response.
package struct HTTPRequest: Sendable {
    package enum Method: Sendable {
        case get
        /// The body; `Content-Length` is added automatically, and the caller sets `Content-Type`.
        case put([UInt8])
        case post([UInt8])
        case delete

        /// As it is sent (RFC 9110, section 9).
        package var name: String {
            switch self {
            case .get: "GET"
            case .put: "PUT"
            case .post: "POST"
            case .delete: "DELETE"
            }
        }

        package var body: [UInt8]? {
            switch self {
            case .put(let body), .post(let body): body
            case .get, .delete: nil
            }
        }
    }

    package var method: Method
    /// Includes the query; http or https.
    package var url: String
    package var headers: [(name: String, value: String)]
    package var limits: Limits
    /// Whether the response may be compressed; must be false for range requests, because a range could otherwise be one of the
    /// compressed bytes.
    package var takesCompressed = true
    /// Called with the pieces of the response's body as they arrive, decompressed, on the client's thread; must not block.
    ///
    /// If the response fails halfway, the pieces before that were passed as well.
    package var receive: (@Sendable ([UInt8]) -> Void)?
    /// Called before the first call of `receive`, with the value of the response's `Content-Type`, or nil.
    package var begin: (@Sendable (String?) -> Void)?

    /// Limits of a request; exceeding a time fails with `.timeout`, exceeding the size with `.bodyTooLarge`.
    package struct Limits: Equatable, Sendable {
        /// From the start to the last byte, redirects included.
        package var total: Duration
        /// Maximum time with less than 100 bytes per second, so that a server that trickles is given up before `total`.
        package var stall: Duration
        /// Maximum size of the body after decompression, in bytes.
        package var body: Int

        package init(total: Duration = .seconds(20), stall: Duration = .seconds(10), body: Int = 64_000_000) {
            self.total = total
            self.stall = stall
            self.body = body
        }
    }

    /// The proxy's URL, which the client sets.
    var proxy: String?

    package init(
        _ method: Method = .get, url: String, headers: [(name: String, value: String)] = [], limits: Limits = Limits()
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.limits = limits
    }
}

/// A response with any status: an HTTP error is not an `HTTPError`.
package struct HTTPResponse: Sendable {
    package let status: Int
    /// In order, with the names as they were sent; without those of interim responses (1xx).
    package let headers: [(name: String, value: String)]
    /// Decompressed.
    ///
    /// libcurl treats a truncated gzip stream as complete, so the reader of the body has to check.
    package let body: [UInt8]

    /// The first header with this name, ignoring case.
    package func header(_ name: String) -> String? { headers.first(named: name) }
}

extension [(name: String, value: String)] {
    /// The value of the first header with this name, ignoring case.
    func first(named name: String) -> String? {
        let wanted = name.lowercased()
        return first { $0.name.lowercased() == wanted }?.value
    }
}

extension HTTPRequest {
    /// The host of a URL, as parsed by libcurl.
    package static func host(of url: String) -> String? { Origin(of: url)?.host }

    /// The path of a URL, which begins with a slash.
    package static func path(of url: String) -> String? { Origin.path(of: url) }

    /// The URL to which a reference leads from a base URL; nil if it leads to another host, which must not get a request's key.
    package static func url(_ reference: String, from base: String) -> String? { Origin.url(reference, from: base) }

    /// Whether libcurl parses it as an http or https URL with a host.
    package static func isValid(url: String) -> Bool {
        guard let origin = Origin(of: url) else { return false }
        return ["http", "https"].contains(origin.scheme) && !origin.host.isEmpty && !url.contains(where: \.isWhitespace)
    }
}
