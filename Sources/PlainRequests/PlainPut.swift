package import NIOCore

/// A PUT of HTTP/1.1 with the length of its body, as clients send small ones: a few of its fields, and the body.
package struct PlainPut: Sendable {
    /// Names in lower case and values, in order, without the white space around them.
    package let fields: [(name: String, value: String)]
    package let body: ByteBuffer

    /// Reads one whole request, whose form and length were checked before.
    ///
    /// nil for one with another target, with a foreign field, or with a kept one in other than ASCII.
    package init?(_ request: ByteBuffer, to target: String, _ names: OutlineFields) {
        let found = request.withUnsafeReadableBytes { Self.read($0, target, names) }
        guard let found,
            let body = request.getSlice(
                at: request.readerIndex + found.end, length: request.readableBytes - found.end)
        else { return nil }
        fields = found.fields
        self.body = body
    }

    private static func read(
        _ bytes: UnsafeRawBufferPointer, _ target: String, _ names: OutlineFields
    ) -> (fields: [(name: String, value: String)], end: Int)? {
        guard bytes.starts(with: "PUT ".utf8) else { return nil }
        var fields: [(name: String, value: String)] = []
        var start = 0
        while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")), end > start {
            let line = bytes[start..<end - 1]
            if line.isEmpty { return (fields, end + 1) }
            if start == 0 {
                guard line.elementsEqual("PUT \(target) HTTP/1.1".utf8) else { return nil }
            } else {
                switch names.use(of: bytes[start..<end + 1]) {
                case .foreign: return nil
                case .ignored: break
                case .kept:
                    guard let colon = line.firstIndex(of: UInt8(ascii: ":")), line.allSatisfy({ $0 < 0x80 }) else {
                        return nil
                    }
                    let value = String(decoding: line[(colon + 1)...], as: UTF8.self)
                    let name = String(decoding: line[..<colon], as: UTF8.self).lowercased()
                    fields.append((name, String(value[...].trimming { $0 == " " || $0 == "\t" })))
                }
            }
            start = end + 1
        }
        return nil
    }
}
