import Foundation
import JSON
import TestSupport
import Testing

struct JSONStringTests {
    private static func decoded(_ token: String) -> String {
        let text = Array(token.utf8)
        return JSONString.decode(0..<text.count, hasEscapes: token.contains("\\"), in: text.span)
    }

    @Test(arguments: [
        (#""""#, ""), (#""abc""#, "abc"), (#""é币""#, "é币"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"),
        (#""\u0041\u00e9\u5E01""#, "Aé币"), (#""\ud83d\ude00!""#, "😀!"), (#""\uD83D\uDE00""#, "😀"),
        (#""\u0000""#, "\u{0}"), (#""\\u0041""#, #"\u0041"#), (#""\uffff""#, "\u{FFFF}"),
    ])
    func `a string is taken out of its quotes and escapes`(token: String, text: String) {
        #expect(Self.decoded(token) == text)
    }

    @Test(arguments: [
        (#""\ud83d""#, "\u{FFFD}"), (#""\ude00""#, "\u{FFFD}"), (#""\ud83dx""#, "\u{FFFD}x"),
        (#""\ud83d\n""#, "\u{FFFD}\n"), (#""\ud83d\u0041""#, "\u{FFFD}A"), (#""\ud83d\ud83d\ude00""#, "\u{FFFD}😀"),
        (#""\ude00\ud83d""#, "\u{FFFD}\u{FFFD}"),
    ])
    func `half a surrogate pair becomes a replacement character`(token: String, text: String) {
        #expect(Self.decoded(token) == text)
    }

    @Test func `what is not UTF-8 becomes a replacement character`() {
        let text: [UInt8] = [0x22, 0x61, 0xFF, 0x62, 0x22]
        #expect(JSONString.decode(0..<5, hasEscapes: false, in: text.span) == "a\u{FFFD}b")
    }

    @Test func `a token inside a text is decoded by its range`() {
        let text = Array(#"{"a":"b\n"}"#.utf8)
        #expect(JSONString.decode(5..<10, hasEscapes: true, in: text.span) == "b\n")
    }

    @Test(arguments: [
        ("", #""""#), (#"a"b\c"#, #""a\"b\\c""#), ("\n\r\t", #""\n\r\t""#),
        ("\u{0}\u{1F}\u{7F}", #""\u0000\u001f\u007f""#),
        ("é币😀/", #""é币😀/""#),
    ])
    func `a text is put into quotes, escaped where it must be`(text: String, token: String) {
        #expect(JSONString.quoted(text) == token)
    }

    @Test func `whatever is quoted decodes to itself, here and in Foundation`() throws {
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<2000 {
            var text = ""
            for _ in 0..<Int.random(in: 0...8, using: &generator) {
                let bound: UInt32 = Bool.random(using: &generator) ? 0x80 : 0x11_0000
                let value = UInt32.random(in: 0..<bound, using: &generator)
                text.unicodeScalars.append(Unicode.Scalar(value) ?? "\u{FFFD}")
            }
            let token = JSONString.quoted(text)
            try #require(Array(Self.decoded(token).utf8) == Array(text.utf8))
            let object = try JSONSerialization.jsonObject(with: Data(token.utf8), options: .fragmentsAllowed)
            try #require((object as? String).map { Array($0.utf8) } == Array(text.utf8))
        }
    }
}
