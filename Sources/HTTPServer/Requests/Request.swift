import Basics
package import HTTPTypes
package import NIOCore

/// A complete request of HTTP/1.1 or HTTP/1.0.
///
/// It keeps the bytes as received, and only makes strings on request.
package struct Request: Sendable {
    /// The methods that reach a responder.
    ///
    /// Others are refused earlier: CONNECT, after which the connection would not be HTTP, and extensions.
    package enum Method: String, CaseIterable, Sendable {
        case get = "GET"
        case head = "HEAD"
        case post = "POST"
        case put = "PUT"
        case delete = "DELETE"
        case options = "OPTIONS"
        case trace = "TRACE"
        case patch = "PATCH"
    }

    package let method: Method
    /// As it was sent, still percent-encoded: `/` if the target has none, and `*` for `OPTIONS *`.
    package let path: String
    let isVersion10: Bool
    private let bytes: ByteBuffer
    private let queryRange: Range<Int>
    private let lines: [FieldLine]
    private let bodyStart: Int
    /// The body, if it was sent in chunks.
    private let chunks: ByteBuffer?

    /// The position of a field in the head, as offsets in bytes.
    struct FieldLine: Sendable {
        let name: Range<Int32>
        /// Without the white space around it.
        let value: Range<Int32>
    }

    /// Whether the method is HEAD, so that the response has no body.
    var isHEAD: Bool { method == .head }

    /// `bytes` contains only this request; `target`, `lines` and `bodyStart` are offsets into it.
    init(
        _ method: Method, target: Range<Int>, bytes: ByteBuffer, lines: [FieldLine], bodyStart: Int,
        chunks: ByteBuffer?,
        isVersion10: Bool
    ) {
        self.method = method
        self.bytes = bytes
        self.lines = lines
        self.bodyStart = bodyStart
        self.chunks = chunks
        self.isVersion10 = isVersion10
        (path, queryRange) = bytes.withUnsafeReadableBytes { bytes in
            let parts = RequestTarget(bytes, target)
            let path = UnsafeRawBufferPointer(rebasing: bytes[parts.path])
            return (path.isEmpty ? "/" : String(decoding: path, as: UTF8.self), parts.query)
        }
    }

    /// The body, decoded if it was sent in chunks.
    package var body: ByteBuffer { chunks ?? slice(bodyStart..<bytes.readableBytes) }

    /// What follows the question mark, still percent-encoded; empty if there is none.
    package var query: QueryString {
        QueryString(slice(queryRange))
    }

    private func slice(_ range: Range<Int>) -> ByteBuffer {
        bytes.getSlice(at: bytes.readerIndex + range.lowerBound, length: range.count) ?? ByteBuffer()
    }

    /// The value of a field; nil if it is missing.
    ///
    /// If the name occurs several times, the values are joined with commas (RFC 9110, section 5.3).
    package subscript(name: HTTPField.Name) -> String? {
        var value: String?
        forEachValue(of: name) { next in value = value.map { $0 + ", " + next } ?? next }
        return value
    }

    /// The values of all fields with this name, in order.
    package func values(of name: HTTPField.Name) -> [String] {
        var values: [String] = []
        forEachValue(of: name) { values.append($0) }
        return values
    }

    private func forEachValue(of name: HTTPField.Name, _ body: (String) -> Void) {
        var name = name.canonicalName
        name.withUTF8 { name in
            bytes.withUnsafeReadableBytes { bytes in
                for line in lines where line.name.count == name.count {
                    let start = Int(line.name.lowerBound)
                    var place = 0
                    while place < name.count, lowercased(bytes[start + place]) == name[place] { place += 1 }
                    if place == name.count { body(text(line.value)) }
                }
            }
        }
    }

    /// The memory that it holds, in bytes.
    var capacity: Int { bytes.storageCapacity + (chunks?.storageCapacity ?? 0) }

    /// Whether there is a field whose name begins with `prefix`, which is in lower case.
    func hasField(beginningWith prefix: StaticString) -> Bool {
        prefix.withUTF8Buffer { prefix in
            bytes.withUnsafeReadableBytes { bytes in
                lines.contains { line in
                    let start = Int(line.name.lowerBound)
                    return line.name.count >= prefix.count
                        && prefix.indices.allSatisfy { lowercased(bytes[start + $0]) == prefix[$0] }
                }
            }
        }
    }

    /// All fields in order, with the names as they were sent.
    package var fields: [(name: String, value: String)] { lines.map { (text($0.name), text($0.value)) } }

    private func text(_ range: Range<Int32>) -> String {
        bytes.withUnsafeReadableBytes {
            String(
                decoding: UnsafeRawBufferPointer(rebasing: $0[Int(range.lowerBound)..<Int(range.upperBound)]),
                as: UTF8.self)
        }
    }
}

extension Request: Equatable {
    package static func == (left: Request, right: Request) -> Bool {
        left.bytes == right.bytes
    }
}

/// The positions of the path and the query in a request target: in origin form, or in the absolute form that proxies receive (RFC
/// 9112, section 3.2).
private struct RequestTarget {
    let path: Range<Int>
    let query: Range<Int>

    init(_ bytes: UnsafeRawBufferPointer, _ target: Range<Int>) {
        let (slash, mark) = (UInt8(ascii: "/"), UInt8(ascii: "?"))
        var start = target.lowerBound
        if !target.isEmpty, bytes[start] != slash {
            for scheme in ["http://", "https://"] where bytes[target].lazy.map(lowercased).starts(with: scheme.utf8) {
                let authority = bytes[(start + scheme.utf8.count)..<target.upperBound]
                start = authority.firstIndex { $0 == slash || $0 == mark } ?? target.upperBound
                break
            }
        }
        let end = bytes[start..<target.upperBound].firstIndex(of: mark) ?? target.upperBound
        path = start..<end
        query = min(end + 1, target.upperBound)..<target.upperBound
    }
}
