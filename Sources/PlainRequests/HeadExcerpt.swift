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
        let lines = String(buffer: lines).split(separator: "\r\n", omittingEmptySubsequences: true)
        let words = lines.first?.split(separator: " ", omittingEmptySubsequences: false) ?? []
        guard words.count == 3, words[2] == "HTTP/1.1" else { return nil }
        (method, target) = (String(words[0]), String(words[1]))
        var fields: [(name: String, value: String)] = []
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":"), line.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
            fields.append((line[..<colon].lowercased(), Self.trimmed(line[line.index(after: colon)...])))
        }
        self.fields = fields
    }

    private static func trimmed(_ value: Substring) -> String {
        let isBlank = { (character: Character) in character == " " || character == "\t" }
        let front = value.drop(while: isBlank)
        guard let last = front.lastIndex(where: { !isBlank($0) }) else { return "" }
        return String(front[...last])
    }
}
