import Basics
import Foundation

/// Repairs a flaw for which libjq 1.6 rejects a whole document: the first half of a surrogate pair without the second.
///
/// One odd symbol must not lose a whole page.
enum LoneSurrogates {
    /// The longest escape that must be seen as a whole: both halves of a pair.
    private static let longest = 12

    /// Returns the text with `\ufffd` instead of each such escape; unless the text is the last, an end that depends on what
    /// follows is put into `rest`.
    static func replaced(in text: [UInt8], isLast: Bool, rest: inout [UInt8]) -> [UInt8] {
        let (places, end) = judge(text, isLast)
        rest = Array(text[end...])
        guard !places.isEmpty || !rest.isEmpty else { return text }
        var text = Array(text[..<end])
        for place in places { text.replaceSubrange(place + 2..<place + 6, with: "fffd".utf8) }
        return text
    }

    /// The positions to replace, and how far the text was checked.
    ///
    /// Goes from escape to escape, so that the second backslash of `\\` is never taken for the start of an escape.
    private static func judge(_ text: [UInt8], _ isLast: Bool) -> (places: [Int], end: Int) {
        text.withUnsafeBytes { bytes in
            var places: [Int] = []
            var index = 0
            while let escape = firstBackslash(in: bytes, from: index) {
                guard isLast || escape + longest <= bytes.count else { return (places, escape) }
                guard let unit = codeUnit(at: escape, in: bytes) else {
                    index = escape + 2
                    continue
                }
                index = escape + 6
                guard (0xD800..<0xDC00).contains(unit) else { continue }
                if let second = codeUnit(at: index, in: bytes), (0xDC00..<0xE000).contains(second) {
                    index += 6
                } else {
                    places.append(escape)
                }
            }
            return (places, bytes.count)
        }
    }

    private static func firstBackslash(in bytes: UnsafeRawBufferPointer, from index: Int) -> Int? {
        guard index < bytes.count, let start = bytes.baseAddress else { return nil }
        let found = memchr(start + index, Int32(UInt8(ascii: "\\")), bytes.count - index)
        return found.map { UnsafeRawPointer($0) - start }
    }

    /// The value of a complete `\u` escape; nil if there is none.
    private static func codeUnit(at index: Int, in bytes: UnsafeRawBufferPointer) -> UInt32? {
        guard index + 6 <= bytes.count, bytes[index] == UInt8(ascii: "\\"), bytes[index + 1] == UInt8(ascii: "u") else {
            return nil
        }
        var unit: UInt32 = 0
        for byte in bytes[index + 2..<index + 6] {
            guard let digit = hexValue(byte) else { return nil }
            unit = unit << 4 | UInt32(digit)
        }
        return unit
    }
}
