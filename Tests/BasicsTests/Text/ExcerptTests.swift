import Basics
import Testing

struct ExcerptTests {
    @Test(arguments: [
        ("", ""), ("abc", "abc"), ("abcd", "abcd"), ("abcde", "abcd…"), ("abcé", "abc…"), ("aé€", "aé…"), ("€€", "€…"),
        ("a\u{1F4B6}", "a…"), ("e\u{301}\u{301}", "e\u{301}…"),
    ])
    func `a quoted text is cut by bytes, between scalars`(text: String, excerpt: String) {
        #expect(text.excerpt(4).unicodeScalars.elementsEqual(excerpt.unicodeScalars))
        #expect(text[...].excerpt(4) == text.excerpt(4))
    }

    @Test func `one character of any length is cut too`() {
        let text = "e" + String(repeating: "\u{301}", count: 30_000)
        #expect(text.count == 1)
        #expect(text.excerpt().utf8.count <= 50 + "…".utf8.count)
    }

    @Test func `texts that mean the same are not exactly each other`() {
        #expect("é" == "e\u{301}")
        #expect(!"é".isExactly("e\u{301}"))
        #expect("e\u{301}x".dropLast().isExactly("e\u{301}"))
    }
}
