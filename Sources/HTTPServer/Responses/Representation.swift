package import Basics
package import HTTPTypes
package import NIOCore

/// The content of a successful response to GET: a body in one coding, and the fields for caches.
package struct Representation: Sendable {
    package let mediaType: String
    /// A strong entity tag, quotes included.
    package let tag: String
    /// The coding that the body already has.
    package let coding: ContentCoding
    package let cacheControl: String
    /// The request fields that determined the choice of this representation.
    package let vary: String
    /// The time for comparisons, and its text in the header.
    package var modified: (time: Timestamp, text: String)?
    /// The value of Age, in seconds.
    package var age: Int64?
    /// For how many seconds a cache that ignores `Age`, such as nginx, may keep it.
    package var remaining: Int64?
    /// The value of Content-Location (RFC 9110, section 8.7); nil sends none.
    package var contentLocation: String?
    /// The value of Link (RFC 8288); nil sends none.
    package var link: String?
    /// How many digits its decimals have at most if they were rounded; nil sends no field.
    package var significantDigits: Int?
    /// Only called if the body is sent.
    private let body: @Sendable () -> [ByteBuffer]

    /// `body` is called for each response except a 304, on the thread that makes the response.
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

    /// 304 if the client already has it, otherwise 200.
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
    /// Our own field: there is no standard one.
    package static let significantDigits = Self("Significant-Digits").unsafelyUnwrapped
    /// For nginx, which does not pass it on: nginx does not subtract `Age` from `max-age`.
    fileprivate static let accelExpires = Self("X-Accel-Expires").unsafelyUnwrapped
}
