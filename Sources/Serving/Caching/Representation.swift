import Basics
import HTTPTypes
import Hummingbird
import NIOCore

/// What a successful answer to GET holds: a body in one coding, and the headers that caches work with.
struct Representation {
    let mediaType: String
    /// A strong entity tag, in its quotes.
    let tag: String
    let coding: ContentCoding
    let cacheControl: String
    /// The request headers by which it was chosen.
    let vary: String
    /// As it is compared, and as it is written.
    var modified: (time: Timestamp, text: String)?
    var age: Int64?
    /// For how many seconds a cache may keep it that does not know of `Age`, as nginx.
    var remaining: Int64?
    var contentLocation: String?
    let body: () -> [ByteBuffer]

    func isKnown(by conditions: RequestConditions, now: Timestamp) -> Bool {
        conditions.areMet(byTag: tag, modified: modified?.time, now: now)
    }

    /// 304 when the client has it already, else 200.
    func response(_ conditions: RequestConditions, now: Timestamp) -> Response {
        let isKnown = isKnown(by: conditions, now: now)
        var fields = HTTPFields()
        forEachField(isKnown: isKnown) { fields[$0] = $1 }
        guard !isKnown else { return Response(status: .notModified, headers: fields) }
        return Response(status: .ok, headers: fields, body: ResponseBody(contentsOf: body()))
    }

    /// The header fields of a 200, or of a 304 for who knows it already, in the order in which they are sent.
    func forEachField(isKnown: Bool, _ body: (HTTPField.Name, String) -> Void) {
        body(.eTag, tag)
        body(.cacheControl, cacheControl)
        body(.vary, vary)
        if let modified { body(.lastModified, modified.text) }
        if let age { body(.age, "\(age)") }
        if let contentLocation { body(.contentLocation, contentLocation) }
        if let remaining { body(.accelExpires, "\(remaining)") }
        guard !isKnown else { return }
        body(.contentType, mediaType)
        if coding == .gzip { body(.contentEncoding, "gzip") }
    }
}
