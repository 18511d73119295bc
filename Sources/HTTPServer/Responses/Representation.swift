package import Basics
package import HTTPTypes
package import NIOCore

/// What a successful response to GET holds: a body in one coding, and the fields that caches work with.
package struct Representation: Sendable {
    package let mediaType: String
    /// A strong entity tag, in its quotes.
    package let tag: String
    /// How the body is encoded already, not how it should be.
    package let coding: ContentCoding
    package let cacheControl: String
    /// The request's fields by which it was chosen.
    package let vary: String
    /// As it is compared, and as it is written.
    package var modified: (time: Timestamp, text: String)?
    /// In seconds.
    package var age: Int64?
    /// For how many seconds a cache may keep it that does not know of `Age`, as nginx.
    package var remaining: Int64?
    /// The value of Content-Location (RFC 9110, section 8.7); nil sends none.
    package var contentLocation: String?
    /// The value of Link (RFC 8288); nil sends none.
    package var link: String?
    /// How many digits its decimals have at most, where they were rounded; nil sends nothing.
    package var significantDigits: Int?
    /// Made only if it is sent.
    private let body: @Sendable () -> [ByteBuffer]

    /// `body` is called for each response that is not a 304, on the thread that makes the response.
    package init(
        mediaType: String, tag: String, coding: ContentCoding, cacheControl: String, vary: String,
        modified: (time: Timestamp, text: String)? = nil, link: String? = nil,
        body: @escaping @Sendable () -> [ByteBuffer]
    ) {
        self.mediaType = mediaType
        self.tag = tag
        self.coding = coding
        self.cacheControl = cacheControl
        self.vary = vary
        self.modified = modified
        self.link = link
        self.body = body
    }

    /// Evaluates the conditions without making the body.
    package func verdict(of conditions: RequestConditions, now: Timestamp) -> RequestConditions.Verdict {
        conditions.verdict(tag: tag, modified: modified?.time, now: now)
    }

    /// 304 for a client that has it already, else 200.
    package func response(isNotModified: Bool) -> Response {
        Response(isNotModified ? 304 : 200, isNotModified ? .none : .bytes(body())) { fields in
            fields.add(.eTag, tag)
            fields.add(.cacheControl, cacheControl)
            fields.add(.vary, vary)
            if let modified { fields.add(.lastModified, modified.text) }
            if let age { fields.add(.age, "\(age)") }
            if let contentLocation { fields.add(.contentLocation, contentLocation) }
            if let link { fields.add(.link, link) }
            if let significantDigits { fields.add(.significantDigits, "\(significantDigits)") }
            if let remaining { fields.add(.accelExpires, "\(remaining)") }
            guard !isNotModified else { return }
            fields.add(.contentType, mediaType)
            if coding == .gzip { fields.add(.contentEncoding, "gzip") }
        }
    }
}

extension HTTPField.Name {
    fileprivate static let link = Self("Link").unsafelyUnwrapped
    /// Our own: there is no standard one.
    package static let significantDigits = Self("Significant-Digits").unsafelyUnwrapped
    /// Read by nginx, and not passed on: nginx does not subtract `Age` from `max-age`.
    fileprivate static let accelExpires = Self("X-Accel-Expires").unsafelyUnwrapped
}
