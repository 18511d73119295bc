/// How a body is encoded for transfer.
package enum ContentCoding: String, Sendable {
    case identity, gzip
}

/// Chooses a coding according to an `Accept-Encoding` header (RFC 9110, section 12.5.3).
package struct AcceptEncoding: Sendable {
    private let gzip: Double
    /// nil if the header does not name it: then it is allowed, with a lower priority than any named coding.
    private let identity: Double?

    /// Shorter bodies hardly benefit from compression, in bytes.
    package static let leastSize = 1000

    /// `header` is nil if the request has no such field; then the body is not compressed.
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

    /// The coding for a body of this size in bytes.
    ///
    /// If no coding is allowed, the body is sent unencoded, which section 15.5.7 permits.
    package func coding(forSize size: Int) -> ContentCoding {
        if gzip == 0 { return .identity }
        if identity == 0 { return .gzip }
        return size >= Self.leastSize && gzip >= identity ?? 0 ? .gzip : .identity
    }
}
