import TestSupport
import Testing

@testable import TopLists

@Suite struct ScannedTextTests {
    /// Around the ends of blocks, where bytes of two are put together.
    @Test(arguments: [0, 1, 63, 64, 65, 127, 128, 129, 200])
    func `finds of each byte what it is, from every position, and nothing behind the text`(length: Int) {
        var generator = SeededGenerator(seed: UInt64(length))
        let kinds: [UInt8] = Array("0059/:,\"\\ax\u{1F} \u{7F}\r\n".utf8) + [0, 0x80, 0xAC, 0xFF]
        let text = (0..<length).map { _ in kinds.randomElement(using: &generator) ?? 0 }
        let isSpecial = text.map { $0 < 0x20 || $0 == 0x7F || ",\"\\".utf8.contains($0) }
        let isDigit = text.map { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        ScannedText(text).withUnsafe { text in
            for start in 0...length {
                let window = text.window(at: start)
                for position in start...length {
                    let end = min(start + ScannedText.window, length)
                    let rest = min(position, end)..<end
                    #expect(window.special(from: position) == rest.first { isSpecial[$0] })
                    #expect(window.noDigit(from: position) == rest.first { !isDigit[$0] })
                }
            }
        }
    }
}
