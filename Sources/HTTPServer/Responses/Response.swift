package import HTTPTypes
package import NIOCore

/// A serialized response, which is built once and can be sent any number of times.
package struct Response: Sendable {
    /// What follows the head.
    package enum Body: Sendable {
        /// Neither a body nor a length, as in a 304.
        case none
        /// A body in pieces; large ones are sent without a copy.
        case bytes([ByteBuffer])
        /// A body that is produced while it is sent.
        case stream(BodyStream)
    }

    package let status: Int
    /// The status line, the fields and the empty line, followed by the body if it is short.
    private let head: ByteBuffer
    private let headLength: Int
    /// A long body.
    private let rest: [ByteBuffer]
    let stream: BodyStream?

    /// A body of up to this size is copied behind the head, because one piece is sent faster than several.
    private static let longestCopy = 16_000
    /// Enough space for most heads.
    private static let usualHead = 500
    private static let server = "cointape"

    /// `fields` adds the fields; Content-Length, Date and Server are added automatically, the framing of a stream when it is
    /// sent.
    package init(_ status: Int, _ body: Body, _ fields: (inout Fields) -> Void) {
        self.status = status
        var (pieces, length, stream) = ([ByteBuffer](), nil as Int?, nil as BodyStream?)
        switch body {
        case .none: break
        case .bytes(let bytes):
            pieces = bytes
            length = bytes.reduce(0) { $0 + $1.readableBytes }
        case .stream(let produced): (length, stream) = (produced.length, produced)
        }
        let isCopied = stream == nil && length ?? 0 <= Self.longestCopy
        var head = Fields(status, capacity: Self.usualHead + (isCopied ? length ?? 0 : 0))
        fields(&head)
        if let length { head.add(.contentLength, String(length)) }
        head.add(.date, DateField.now)
        head.add(.server, Self.server)
        head.buffer.writeStaticString("\r\n")
        headLength = head.buffer.readableBytes
        if isCopied {
            for piece in pieces { head.buffer.writeImmutableBuffer(piece) }
            pieces = []
        }
        (self.head, rest, self.stream) = (head.buffer, pieces, stream)
    }

    /// A response with a few fields.
    package init(_ status: Int, _ body: Body, _ fields: [(HTTPField.Name, String)]) {
        self.init(status, body) { head in
            for (name, value) in fields { head.add(name, value) }
        }
    }

    /// The memory of a response that is not large, in bytes.
    package var size: Int { head.storageCapacity }

    /// Whether its body is sent as separate pieces, which takes the kernel a quarter of a millisecond or more.
    package var isLarge: Bool { !rest.isEmpty }

    /// Calls `write` with the bytes of the response to a request, in order, except for those of a stream.
    func forEachPiece(to request: Request, isLast: Bool, _ write: (ByteBuffer) -> Void) {
        let isChunked = stream != nil && stream?.length == nil && !request.isVersion10
        forEachPiece(isHEAD: request.isHEAD, isChunked: isChunked, isLast: isLast, write)
    }

    /// For HEAD the body is left out; `isLast` tells the client that the connection ends.
    func forEachPiece(isHEAD: Bool, isChunked: Bool = false, isLast: Bool, _ write: (ByteBuffer) -> Void) {
        var first = isHEAD ? head.getSlice(at: head.readerIndex, length: headLength) ?? head : head
        if isLast || isChunked {
            let bytes = first.readableBytesView
            var changed = ByteBuffer()
            changed.reserveCapacity(bytes.count + 64)
            changed.writeBytes(bytes.prefix(headLength - 2))
            if isChunked { changed.writeStaticString("Transfer-Encoding: chunked\r\n") }
            if isLast { changed.writeStaticString("Connection: close\r\n") }
            changed.writeBytes(bytes.dropFirst(headLength - 2))
            first = changed
        }
        write(first)
        if !isHEAD { for piece in rest { write(piece) } }
    }

    /// Collects the header fields of a response, in the order in which they are sent.
    package struct Fields {
        fileprivate var buffer = ByteBuffer()

        fileprivate init(_ status: Int, capacity: Int) {
            buffer.reserveCapacity(capacity)
            switch status {
            case 200: buffer.writeStaticString("HTTP/1.1 200 OK\r\n")
            default: buffer.writeString("HTTP/1.1 \(status) \(HTTPResponse.Status.phrase(status))\r\n")
            }
        }

        /// In one write, because each write to a buffer checks for uniqueness and capacity.
        package mutating func add(_ name: HTTPField.Name, _ value: String) {
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
    }
}

extension Response {
    /// A short text that must not be cached.
    package static func text(_ text: String, _ mediaType: String = "text/plain; charset=utf-8") -> Response {
        Response(
            200, .bytes([ByteBuffer(string: text)]), [(.contentType, mediaType), (.cacheControl, "no-store")])
    }
}

/// A body that is produced while it is sent, so that only the last piece is in memory.
package struct BodyStream: Sendable {
    /// In bytes; nil if it is unknown, and then the body is sent in chunks (RFC 9112, section 7.1).
    let length: Int?
    let produce: @Sendable (BodyWriter) async throws -> Void

    /// `produce` is called once per response, in a task of its own off the event loops; not for HEAD.
    ///
    /// The task is cancelled when the connection ends. If it throws, or writes less than the length, the connection is closed in
    /// the middle of the body, so that the client notices that it is incomplete.
    package init(length: Int? = nil, _ produce: @escaping @Sendable (BodyWriter) async throws -> Void) {
        self.length = length
        self.produce = produce
    }
}

/// The destination of a streamed body.
package struct BodyWriter: Sendable {
    let send: @Sendable (ByteBuffer) async throws -> Void

    /// Sends a piece of the body; returns when the socket has taken it, so that a slow client slows the producer down.
    ///
    /// Throws if the connection has ended. An empty piece sends nothing.
    package func write(_ piece: ByteBuffer) async throws {
        if piece.readableBytes > 0 { try await send(piece) }
    }
}

extension HTTPResponse.Status {
    /// The reason phrase (RFC 9110, section 15); clients ignore it, people read it.
    fileprivate static func phrase(_ code: Int) -> String {
        known.first { $0.code == code }?.reasonPhrase ?? ""
    }

    private static let known: [Self] = [
        .ok, .partialContent, .notModified, .badRequest, .unauthorized, .forbidden, .notFound, .methodNotAllowed,
        .requestTimeout, .conflict, .preconditionFailed, .contentTooLarge, .uriTooLong, .unsupportedMediaType,
        .rangeNotSatisfiable, .unprocessableContent, .tooManyRequests, .requestHeaderFieldsTooLarge,
        .internalServerError, .notImplemented, .badGateway, .serviceUnavailable, .gatewayTimeout,
        .httpVersionNotSupported,
    ]
}
