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
    var modified: Timestamp?
    var age: Int64?
    /// For how many seconds a cache may keep it that does not know of `Age`, as nginx.
    var remaining: Int64?
    var contentLocation: String?
    let body: () -> ByteBuffer

    /// 304 when the client has it already, else 200.
    func response(_ conditions: RequestConditions, now: Timestamp) -> Response {
        var fields = HTTPFields()
        fields[.eTag] = tag
        fields[.cacheControl] = cacheControl
        fields[.vary] = vary
        fields[.lastModified] = modified?.httpDate
        fields[.age] = age.map { "\($0)" }
        fields[.contentLocation] = contentLocation
        if let remaining { fields[.accelExpires] = "\(remaining)" }
        if conditions.areMet(byTag: tag, modified: modified, now: now) {
            return Response(status: .notModified, headers: fields)
        }
        fields[.contentType] = mediaType
        if coding == .gzip { fields[.contentEncoding] = "gzip" }
        return Response(status: .ok, headers: fields, body: ResponseBody(byteBuffer: body()))
    }
}
