import Basics
import JSON

/// Hides secrets in text that is about to be printed: their values, whether plain, percent-encoded or escaped as in JSON, and the
/// userinfo of URLs.
package struct Redactor: Sendable {
    private let needles: [[UInt8]]
    /// The replacement for a secret, whatever its length.
    package static let mask = "***"

    /// Values shorter than 6 characters are not hidden: they would mask ordinary text.
    package init(secrets: some Sequence<String> = []) {
        let spellings = Set(secrets).filter { $0.utf8.count >= 6 }.flatMap { secret in
            let encoded = PercentEncoding.encode(secret)
            let percent = [secret, encoded, encoded.replacing(/%[0-9A-F]{2}/) { $0.output.lowercased() }]
            return percent + Self.escaped(secret)
        }
        needles = Set(spellings).map { Array($0.utf8) }
    }

    /// Hides another secret too.
    package func hiding(_ secret: String?) -> Redactor {
        guard let secret else { return self }
        return Redactor(needles: needles + Redactor(secrets: [secret]).needles)
    }

    private init(needles: [[UInt8]]) {
        self.needles = needles
    }

    /// The spellings of JSON encoders: minimal escaping, escaped slashes, or everything but ASCII escaped.
    private static func escaped(_ secret: String) -> [String] {
        let plain = String(JSONString.quoted(secret).dropFirst().dropLast())
        let ascii = plain.unicodeScalars.map { scalar in
            guard !scalar.isASCII else { return String(scalar) }
            return String(scalar).utf16.map { "\\u" + hexadecimal($0, width: 4) }.joined()
        }.joined()
        return [plain, ascii].flatMap { [$0, $0.replacing("/", with: "\\/")] }
    }

    /// Compares bytes, not characters: a combining accent after a secret would change its last character.
    package func callAsFunction(_ text: String) -> String {
        String(decoding: self(Array(text.utf8)), as: UTF8.self)
    }

    /// For bytes of any encoding.
    package func callAsFunction(_ bytes: [UInt8]) -> [UInt8] {
        // Secrets may contain or overlap each other, and no part of one may remain visible.
        var hidden = RangeSet<Int>()
        for needle in needles {
            for range in bytes.ranges(of: needle) { hidden.insert(contentsOf: range) }
        }
        for range in Self.userinfos(in: bytes) { hidden.insert(contentsOf: range) }
        guard !hidden.isEmpty else { return bytes }
        var output: [UInt8] = []
        var end = 0
        for range in hidden.ranges {
            output += bytes[end..<range.lowerBound] + Array(Self.mask.utf8)
            end = range.upperBound
        }
        return output + bytes[end...]
    }

    /// The userinfo before the `@` of URLs (RFC 3986, section 3.2.1), however short.
    private static func userinfos(in bytes: [UInt8]) -> [Range<Int>] {
        bytes.ranges(of: Array("://".utf8)).compactMap { scheme in
            let authority = bytes[scheme.upperBound...].prefix { byte in
                byte > 0x20 && !Array("/?#\"'<>\\".utf8).contains(byte)
            }
            return authority.lastIndex(of: UInt8(ascii: "@")).map { scheme.upperBound..<$0 }.flatMap {
                $0.isEmpty ? nil : $0
            }
        }
    }
}
