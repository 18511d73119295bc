/// A request, a GET unless said otherwise, and the bounds within which it must be answered.
package struct HTTPRequest: Sendable {
    package enum Method: Sendable {
        case get
        /// With its body; `Content-Length` comes of itself, `Content-Type` is the caller's to set.
        case put([UInt8])
        case delete
    }

    package var method: Method
    /// With its query; http or https.
    package var url: String
    package var headers: [(name: String, value: String)]
    package var limits: Limits
    /// Whether the answer's body may come compressed; ranges of a body are only its own bytes if it may not.
    package var takesCompressed = true
    /// Called with the pieces of the answer's body as they come, decompressed, on the client's thread: it must not wait.
    ///
    /// What came before an answer failed to come whole has been told as well.
    package var receive: (@Sendable ([UInt8]) -> Void)?

    /// Bounds of a request; beyond the times it fails with `.timeout`, beyond the size with `.bodyTooLarge`.
    package struct Limits: Equatable, Sendable {
        /// From the start to the last byte, redirects included.
        package var total: Duration
        /// No more than this without at least 100 bytes a second: a server that drips is given up before `total`.
        package var stall: Duration
        /// Bytes of the body after decompression.
        package var body: Int

        package init(total: Duration = .seconds(20), stall: Duration = .seconds(10), body: Int = 64_000_000) {
            self.total = total
            self.stall = stall
            self.body = body
        }
    }

    /// The proxy's URL; the client decides it.
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

/// An answer of any status: an error of the server is not an `HTTPError`.
package struct HTTPResponse: Sendable {
    package let status: Int
    /// In order, with names as they were sent; those of interim answers (1xx) are not among them.
    package let headers: [(name: String, value: String)]
    /// Decompressed.
    ///
    /// libcurl takes a gzip stream that was cut short for whole: only the reader of the body can tell.
    package let body: [UInt8]

    /// The first header of that name, in any case.
    package func header(_ name: String) -> String? {
        let wanted = name.lowercased()
        return headers.first { $0.name.lowercased() == wanted }?.value
    }
}

extension HTTPRequest {
    /// The host of a URL, as libcurl reads it.
    package static func host(of url: String) -> String? { Origin(of: url)?.host }

    /// Whether libcurl reads it as an http or https URL with a host.
    package static func isValid(url: String) -> Bool {
        guard let origin = Origin(of: url) else { return false }
        return ["http", "https"].contains(origin.scheme) && !origin.host.isEmpty && !url.contains(where: \.isWhitespace)
    }
}
