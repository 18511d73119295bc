import HTTPTypes
import NIOCore
import NIOHTTP1

/// An answer as it goes over the wire, in pieces that share the list's own bytes where they are many.
struct ImmediateAnswer {
    let status: Int
    let pieces: [ByteBuffer]

    /// Up to so many bytes one piece is sent faster than it takes to send several.
    private static let longestCopy = 16_000

    /// `isLast` has the client told that the connection ends with it.
    init(_ answer: Answer, date: String, isLast: Bool) {
        let fields = answer.fields.map { ($0.name, $0.value) }
        let end = isLast ? [(HTTPField.Name.connection, "close")] : []
        self.init(answer.status.code, fields, [answer.body], date: date, behind: end)
    }

    /// A 200, or a 304 for who knows it already; as `Representation.response` and the routes would have it.
    init(_ representation: Representation, isKnown: Bool, isHEAD: Bool, date: String) {
        let fields = representation.fields(isKnown: isKnown)
        let body = isKnown ? nil : representation.body()
        self.init(isKnown ? 304 : 200, fields, body, isHEAD: isHEAD, date: date)
    }

    /// Without a body there is no length either.
    private init(
        _ status: Int, _ fields: [(name: HTTPField.Name, value: String)], _ body: [ByteBuffer]?, isHEAD: Bool = false,
        date: String, behind: [(name: HTTPField.Name, value: String)] = []
    ) {
        self.status = status
        let size = body?.reduce(0) { $0 + $1.readableBytes }
        let isCopied = !isHEAD && size ?? 0 <= Self.longestCopy
        var head = ByteBuffer()
        head.reserveCapacity(500 + (isCopied ? size ?? 0 : 0))
        head.writeString("HTTP/1.1 \(status) \(HTTPResponseStatus(statusCode: status).reasonPhrase)\r\n")
        let length = size.map { [(name: HTTPField.Name.contentLength, value: "\($0)")] } ?? []
        let own: [(name: HTTPField.Name, value: String)] = [(.date, date), (.server, APIResponder.server)]
        for field in fields + length + own + behind {
            head.writeString(field.name.rawName)
            head.writeStaticString(": ")
            head.writeString(field.value)
            head.writeStaticString("\r\n")
        }
        head.writeStaticString("\r\n")
        guard let body, !isHEAD else {
            pieces = [head]
            return
        }
        guard isCopied else {
            pieces = [head] + body
            return
        }
        for piece in body { head.writeImmutableBuffer(piece) }
        pieces = [head]
    }
}
