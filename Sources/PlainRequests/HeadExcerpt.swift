import NIOCore

/// Of the head of a whole request, whose form was checked before: the request line and the kept fields.
struct HeadExcerpt {
    /// Lines as they came, each with its end.
    let lines: ByteBuffer
    /// Where the body begins, from the request's first byte.
    let end: Int

    /// nil for a request with a foreign field, and for what has no end.
    init?(of request: ByteBuffer, _ fields: OutlineFields) {
        guard let found = request.withUnsafeReadableBytes({ Self.read($0, fields) }) else { return nil }
        (lines, end) = found
    }

    private static func read(_ bytes: UnsafeRawBufferPointer, _ fields: OutlineFields) -> (ByteBuffer, Int)? {
        var lines = ByteBuffer()
        var start = 0
        while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")), end > start {
            let line = start..<end + 1
            if line.count == 2 { return (lines, line.upperBound) }
            let use = start == 0 ? .kept : fields.use(of: bytes[line])
            if use == .foreign { return nil }
            if use == .kept { lines.writeBytes(UnsafeRawBufferPointer(rebasing: bytes[line])) }
            start = line.upperBound
        }
        return nil
    }
}

/// What the lines of an excerpt say.
struct ExcerptText {
    let method: String
    let target: String
    /// Names in lower case and values, in order, without the white space around them.
    let fields: [(name: String, value: String)]

    /// nil for another version than HTTP/1.1, and for a kept field in other than ASCII.
    init?(_ lines: ByteBuffer) {
        let (bytes, space) = (Array(lines.readableBytesView), UInt8(ascii: " "))
        var rest = bytes[...]
        func line() -> ArraySlice<UInt8>? {
            guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
            defer { rest = rest[(end + 1)...] }
            return Self.withoutReturn(rest[..<end])
        }
        guard let request = line(), let first = request.firstIndex(of: space),
            let second = request[(first + 1)...].firstIndex(of: space),
            request[(second + 1)...].elementsEqual("HTTP/1.1".utf8)
        else { return nil }
        (method, target) = (Self.text(request[..<first]), Self.text(request[(first + 1)..<second]))
        var fields: [(name: String, value: String)] = []
        while let line = line() {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")), line.allSatisfy({ $0 < 0x80 }) else { return nil }
            fields.append((Self.text(line[..<colon]).lowercased(), Self.text(Self.trimmed(line[(colon + 1)...]))))
        }
        self.fields = fields
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

    private static func withoutReturn(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        line.last == UInt8(ascii: "\r") ? line.dropLast() : line
    }

    private static func trimmed(_ value: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let isBlank = { (byte: UInt8) in byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        let front = value.drop(while: isBlank)
        guard let last = front.lastIndex(where: { !isBlank($0) }) else { return [] }
        return front[...last]
    }
}
