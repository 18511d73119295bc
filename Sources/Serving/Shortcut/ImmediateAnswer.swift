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
        status = answer.status.code
        var message = ByteBuffer()
        message.reserveCapacity(500 + answer.body.readableBytes)
        let known = HTTPResponseStatus(statusCode: answer.status.code)
        message.writeString("HTTP/1.1 \(known.code) \(known.reasonPhrase)\r\n")
        for field in answer.fields { Self.write(field.name, field.value, to: &message) }
        Self.write(.contentLength, "\(answer.body.readableBytes)", to: &message)
        Self.write(.date, date, to: &message)
        Self.write(.server, APIResponder.server, to: &message)
        if isLast { Self.write(.connection, "close", to: &message) }
        message.writeStaticString("\r\n")
        message.writeImmutableBuffer(answer.body)
        pieces = [message]
    }

    private static func write(_ name: HTTPField.Name, _ value: String, to message: inout ByteBuffer) {
        message.writeString(name.rawName)
        message.writeStaticString(": ")
        message.writeString(value)
        message.writeStaticString("\r\n")
    }

    /// A 200, or a 304 for who knows it already; as `Representation.response` and the routes would have it.
    init(_ representation: Representation, isKnown: Bool, isHEAD: Bool, date: String) {
        status = isKnown ? 304 : 200
        let body = isKnown ? [] : representation.body()
        let size = body.reduce(0) { $0 + $1.readableBytes }
        var head = ByteBuffer()
        head.reserveCapacity(500 + (size <= Self.longestCopy ? size : 0))
        head.writeString(isKnown ? "HTTP/1.1 304 Not Modified\r\n" : "HTTP/1.1 200 OK\r\n")
        for field in representation.fields(isKnown: isKnown) { Self.write(field.name, field.value, to: &head) }
        if !isKnown { Self.write(.contentLength, "\(size)", to: &head) }
        Self.write(.date, date, to: &head)
        Self.write(.server, APIResponder.server, to: &head)
        head.writeStaticString("\r\n")
        if isHEAD {
            pieces = [head]
        } else if size <= Self.longestCopy {
            for piece in body { head.writeImmutableBuffer(piece) }
            pieces = [head]
        } else {
            pieces = [head] + body
        }
    }
}
