import HTTPTypes
import NIOCore
import NIOHTTP1

/// An answer as it goes over the wire, in pieces that share the list's own bytes where they are many.
struct ImmediateAnswer {
    let status: Int
    let pieces: [ByteBuffer]

    /// In bytes.
    var size: Int { pieces.reduce(0) { $0 + $1.readableBytes } }

    /// Whether it is more than one piece: the list's own bytes are among them.
    var isLarge: Bool { pieces.count > 1 }

    /// Up to so many bytes one piece is sent faster than it takes to send several.
    private static let longestCopy = 16_000

    /// `isLast` has the client told that the connection ends with it.
    init(_ answer: Answer, date: String, isLast: Bool) {
        self.init(answer.status.code, [answer.body], date: date, isLast: isLast) { head in
            for field in answer.fields { head.write(field.name, field.value) }
        }
    }

    /// A 200, or a 304 for who knows it already; as `Representation.response` and the routes would have it.
    init(_ representation: Representation, isKnown: Bool, isHEAD: Bool, date: String) {
        let body = isKnown ? nil : representation.body()
        self.init(isKnown ? 304 : 200, body, isHEAD: isHEAD, date: date) { head in
            representation.forEachField(isKnown: isKnown) { head.write($0, $1) }
        }
    }

    /// Without a body there is no length either.
    private init(
        _ status: Int, _ body: [ByteBuffer]?, isHEAD: Bool = false, date: String, isLast: Bool = false,
        _ fields: (inout Head) -> Void
    ) {
        self.status = status
        let size = body?.reduce(0) { $0 + $1.readableBytes }
        let isCopied = !isHEAD && size ?? 0 <= Self.longestCopy
        var head = Head(status, capacity: isCopied ? size ?? 0 : 0)
        fields(&head)
        if let size { head.write(.contentLength, String(size)) }
        head.write(.date, date)
        head.write(.server, APIResponder.server)
        if isLast { head.write(.connection, "close") }
        head.end()
        guard let body, !isHEAD else {
            pieces = [head.buffer]
            return
        }
        guard isCopied else {
            pieces = [head.buffer] + body
            return
        }
        for piece in body { head.buffer.writeImmutableBuffer(piece) }
        pieces = [head.buffer]
    }
}

/// A status line and header fields, as they go over the wire.
private struct Head {
    var buffer = ByteBuffer()

    /// `capacity` is for what comes behind it, in bytes.
    init(_ status: Int, capacity: Int) {
        buffer.reserveCapacity(500 + capacity)
        switch status {
        case 200: buffer.writeStaticString("HTTP/1.1 200 OK\r\n")
        default: buffer.writeString("HTTP/1.1 \(status) \(HTTPResponseStatus(statusCode: status).reasonPhrase)\r\n")
        }
    }

    /// As one write: a buffer sees to it at each that it is nobody else's and has room.
    mutating func write(_ name: HTTPField.Name, _ value: String) {
        var (name, value) = (name.rawName, value)
        name.withUTF8 { name in
            value.withUTF8 { value in
                let size = name.count + value.count + 4
                buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: size) { output in
                    output.copyMemory(from: UnsafeRawBufferPointer(name))
                    output[name.count] = UInt8(ascii: ":")
                    output[name.count + 1] = UInt8(ascii: " ")
                    UnsafeMutableRawBufferPointer(rebasing: output[(name.count + 2)...])
                        .copyMemory(from: UnsafeRawBufferPointer(value))
                    output[size - 2] = 0x0D
                    output[size - 1] = 0x0A
                    return size
                }
            }
        }
    }

    mutating func end() {
        buffer.writeStaticString("\r\n")
    }
}
