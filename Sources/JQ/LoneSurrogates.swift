import Basics
import Foundation

/// Mends what libjq 1.6 refuses a whole document for: the first half of a surrogate pair without its second one.
///
/// One odd symbol must not cost a page.
enum LoneSurrogates {
    /// The text with `\ufffd` in the place of each such escape.
    static func replaced(in text: [UInt8]) -> [UInt8] {
        let places = places(in: text)
        guard !places.isEmpty else { return text }
        var text = text
        for place in places { text.replaceSubrange(place + 2..<place + 6, with: "fffd".utf8) }
        return text
    }

    /// Goes from escape to escape, so that the second backslash of `\\` is never taken for the beginning of one.
    private static func places(in text: [UInt8]) -> [Int] {
        text.withUnsafeBytes { bytes in
            var places: [Int] = []
            var index = 0
            while let escape = firstBackslash(in: bytes, from: index) {
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
            return places
        }
    }

    private static func firstBackslash(in bytes: UnsafeRawBufferPointer, from index: Int) -> Int? {
        guard index < bytes.count, let start = bytes.baseAddress else { return nil }
        let found = memchr(start + index, Int32(UInt8(ascii: "\\")), bytes.count - index)
        return found.map { UnsafeRawPointer($0) - start }
    }

    /// The value of a whole `\u` escape.
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
