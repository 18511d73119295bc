import Basics
import NIOCore

/// The parameters of a URL's query; names and values are decoded like HTML forms.
package struct QueryString: Sendable {
    private let bytes: ByteBuffer

    init(_ bytes: ByteBuffer) {
        self.bytes = bytes
    }

    /// `text` is what follows the question mark, still percent-encoded.
    package init(_ text: String) {
        bytes = ByteBuffer(string: text)
    }

    /// As it was sent, still percent-encoded.
    package var text: String { String(buffer: bytes) }

    /// The values of a query's parameters by name.
    package struct Values {
        fileprivate var found: [(name: StaticString, value: String)] = []

        /// The decoded value of a parameter; nil if the query does not have it.
        package subscript(_ name: StaticString) -> String? { found.first { $0.name.reads(as: name) }?.value }
    }

    /// Throws 422 for the first parameter that is not properly encoded, has an unknown name, or is repeated.
    ///
    /// Parameters after that one are not read.
    package func values(of known: [StaticString]) throws(Problem) -> Values {
        try bytes.withUnsafeReadableBytes { bytes throws(Problem) in
            var values = Values()
            var start = 0
            while start < bytes.count {
                var (end, equals) = (start, nil as Int?)
                while end < bytes.count, bytes[end] != UInt8(ascii: "&") {
                    if equals == nil, bytes[end] == UInt8(ascii: "=") { equals = end }
                    end += 1
                }
                let piece = start..<end
                start = end + 1
                guard !piece.isEmpty else { continue }
                let name = piece.lowerBound..<(equals ?? end)
                let value = min(name.upperBound + 1, end)..<end
                guard let decoded = Self.decoded(bytes[name]), let text = Self.decoded(bytes[value]) else {
                    throw Self.malformed(bytes[name], bytes[piece])
                }
                guard let parameter = known.first(where: { $0.reads(as: decoded) }) else {
                    throw Self.unknown(decoded, known)
                }
                guard values[parameter] == nil else {
                    throw .badParameter(
                        decoded, "The parameter \(decoded) is repeated.", accepted: "one value")
                }
                values.found.append((parameter, text))
            }
            return values
        }
    }

    /// Returns nil if it is not properly encoded.
    private static func decoded(_ bytes: UnsafeRawBufferPointer.SubSequence) -> String? {
        let isPlain = bytes.allSatisfy { $0 < 0x80 && $0 != UInt8(ascii: "%") && $0 != UInt8(ascii: "+") }
        guard isPlain else { return PercentEncoding.decode(Array(bytes)[...], plusIsSpace: true) }
        return String(decoding: UnsafeRawBufferPointer(rebasing: bytes), as: UTF8.self)
    }

    private static func malformed(
        _ name: UnsafeRawBufferPointer.SubSequence, _ piece: UnsafeRawBufferPointer.SubSequence
    ) -> Problem {
        .badParameter(
            String(decoding: name, as: UTF8.self),
            "The query is not percent-encoded right at \(String(decoding: piece, as: UTF8.self).excerpt()).",
            accepted: "%XX with two hexadecimal digits, UTF-8")
    }

    private static func unknown(_ name: String, _ known: [StaticString]) -> Problem {
        let known = known.map { "\($0)" }
        return .badParameter(
            name, "There is no parameter \(name.excerpt()).",
            accepted: known.isEmpty ? "no parameters" : known.joined(separator: ", "),
            nearest: EditDistance.nearest(to: name, among: known))
    }
}

extension StaticString {
    /// Whether both have the same bytes.
    fileprivate func reads(as other: StaticString) -> Bool {
        utf8CodeUnitCount == other.utf8CodeUnitCount
            && withUTF8Buffer { bytes in other.withUTF8Buffer { bytes.elementsEqual($0) } }
    }

    fileprivate func reads(as text: String) -> Bool {
        var text = text
        return text.withUTF8 { text in
            utf8CodeUnitCount == text.count && withUTF8Buffer { $0.elementsEqual(text) }
        }
    }
}
