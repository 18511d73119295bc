import HTTPTypes
import NIOCore

/// An answer as it goes over the wire, in pieces that share the list's own bytes where they are many.
struct ImmediateAnswer {
    let status: Int
    let pieces: [ByteBuffer]

    /// Up to so many bytes one piece is sent faster than it takes to send several.
    private static let longestCopy = 16_000

    /// A 200, or a 304 for who knows it already; as `Representation.response` and the routes would have it.
    init(_ representation: Representation, isKnown: Bool, isHEAD: Bool, date: String) {
        status = isKnown ? 304 : 200
        let body = isKnown ? [] : representation.body()
        let size = body.reduce(0) { $0 + $1.readableBytes }
        var head = ByteBuffer()
        head.reserveCapacity(500 + (size <= Self.longestCopy ? size : 0))
        head.writeString(isKnown ? "HTTP/1.1 304 Not Modified\r\n" : "HTTP/1.1 200 OK\r\n")
        func write(_ name: HTTPField.Name, _ value: String) {
            head.writeString(name.rawName)
            head.writeStaticString(": ")
            head.writeString(value)
            head.writeStaticString("\r\n")
        }
        for field in representation.fields(isKnown: isKnown) { write(field.name, field.value) }
        if !isKnown { write(.contentLength, "\(size)") }
        write(.date, date)
        write(.server, APIResponder.server)
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
