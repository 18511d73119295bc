import Basics
import Foundation

/// Hides secrets in text that is about to be printed or kept, in the spellings of `SpelledText` and in base64,
/// and the userinfo of URLs.
package struct Redactor: Sendable {
    private let needles: [SpelledText]
    /// For each byte, the needles that may begin with it.
    private let byFirstByte: [[Int]]
    /// The replacement for a secret, whatever its length.
    package static let mask = "***"

    /// Values shorter than 6 characters are not hidden: they would mask ordinary text.
    package init(secrets: some Sequence<String> = []) {
        let hidden = Set(secrets).filter { $0.utf8.count >= 6 }
        self.init(needles: Set(hidden.flatMap { [$0] + Self.base64($0) }).map(SpelledText.init))
    }

    /// Hides another secret too.
    package func hiding(_ secret: String?) -> Redactor {
        guard let secret else { return self }
        return Redactor(needles: needles + Redactor(secrets: [secret]).needles)
    }

    private init(needles: [SpelledText]) {
        self.needles = needles
        var byFirstByte = [[Int]](repeating: [], count: 256)
        for (index, needle) in needles.enumerated() {
            for byte in needle.firstBytes { byFirstByte[Int(byte)].append(index) }
        }
        self.byFirstByte = byFirstByte
    }

    /// What base64 (RFC 4648) makes of the secret wherever it stands in a longer text such as `user:secret`: without the digits
    /// that also depend on its neighbours.
    private static func base64(_ secret: String) -> [String] {
        let bytes = Array(secret.utf8)
        return (0..<3).flatMap { offset -> [String] in
            let text = Data([UInt8](repeating: 0, count: offset) + bytes).base64EncodedString()
            let core = text.prefix((offset + bytes.count) * 8 / 6).dropFirst((offset * 8 + 5) / 6)
            guard core.count >= 6 else { return [] }
            let standard = String(core)
            return [standard, standard.replacing("+", with: "-").replacing("/", with: "_")]
        }
    }

    package func callAsFunction(_ text: String) -> String {
        String(decoding: self(Array(text.utf8)), as: UTF8.self)
    }

    /// For bytes of any encoding; `isText` is false for data in which an at sign need not belong to a URL.
    ///
    /// Compares bytes, not characters: a combining accent after a secret would change its last character.
    package func callAsFunction(_ bytes: [UInt8], isText: Bool = true) -> [UInt8] {
        // Secrets may contain or overlap each other, and no part of one may remain visible.
        var hidden = RangeSet<Int>()
        bytes.withUnsafeBufferPointer { text in
            for start in text.indices {
                for needle in byFirstByte[Int(text[start])] {
                    if let end = needles[needle].end(in: text, from: start) { hidden.insert(contentsOf: start..<end) }
                }
            }
        }
        if isText {
            for range in Self.userinfos(in: bytes) { hidden.insert(contentsOf: range) }
        }
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
