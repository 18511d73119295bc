import Orders
import TestSupport
import Testing

@Suite struct IdempotenceKeyTests {
    @Test func `any length from 1 to 255 is taken, and kept as it is`() {
        for length in [1, 2, 36, 254, 255] {
            let text = String(repeating: "aZ0._:-", count: 40).prefix(length)
            #expect(IdempotenceKey(String(text))?.description == String(text))
        }
        for length in [0, 256, 257, 100_000] {
            #expect(IdempotenceKey(String(repeating: "k", count: length)) == nil)
        }
        #expect(IdempotenceKey("A") != IdempotenceKey("a"))
    }

    @Test func `of all bytes only letters, digits and four signs are taken, at every place`() {
        let accepted = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:-".utf8)
        #expect(accepted.count == 66)
        for byte in UInt8.min...UInt8.max {
            let character = String(decoding: [byte], as: UTF8.self)
            for text in [character, "a\(character)", "\(character)a", "a\(character)a"] {
                #expect((IdempotenceKey(text) != nil) == accepted.contains(byte), "byte \(byte)")
            }
        }
        for text in ["ü", "a\u{301}", "٣", "Ａ", "a b", "a\r\nb", "k\u{200b}", "😀", "k\u{0}"] {
            #expect(IdempotenceKey(text) == nil, "\(text.debugDescription)")
        }
    }

    @Test func `the bytes count, not the characters`() {
        var random = SeededGenerator(seed: 41)
        let alphabet = Array("kK9._:-ü😀 ")
        for _ in 0..<10_000 {
            let length = Int.random(in: 0...20, using: &random)
            let text = String((0..<length).map { _ in alphabet.randomElement(using: &random) ?? "k" })
            let isKey = text.wholeMatch(of: /[A-Za-z0-9._:\-]{1,255}/) != nil
            #expect((IdempotenceKey(text) != nil) == isKey, "\(text)")
        }
    }
}
