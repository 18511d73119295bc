/// How a body is encoded on its way.
package enum ContentCoding: String, Sendable {
    case identity, gzip
}

/// Chooses by an `Accept-Encoding` header (RFC 9110, section 12.5.3).
package struct AcceptEncoding: Sendable {
    private let gzip: Double
    /// nil when the header does not name it: it is allowed then, and wanted less than whatever is named.
    private let identity: Double?

    /// Shorter bodies hardly become shorter, in bytes.
    package static let leastSize = 1000

    /// `header` is nil if the request has no such field: the body is not compressed then.
    package init(_ header: String?) {
        guard let header else {
            (gzip, identity) = (0, nil)
            return
        }
        let list = QualityList(header)
        let others = list.weight(ofFirst: "*")
        gzip = list.weight(ofFirst: "gzip", "x-gzip") ?? others ?? 0
        identity = list.weight(ofFirst: "identity") ?? (others == 0 ? 0 : nil)
    }

    /// The coding for a body of so many bytes.
    ///
    /// Where nothing is allowed the body goes out as it is, which section 15.5.7 leaves to the server.
    package func coding(forSize size: Int) -> ContentCoding {
        if gzip == 0 { return .identity }
        if identity == 0 { return .gzip }
        return size >= Self.leastSize && gzip >= identity ?? 0 ? .gzip : .identity
    }
}
