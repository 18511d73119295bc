import Basics
import TestSupport
import Testing

struct PercentEncodingTests {
    @Test(arguments: [
        ("", ""), ("azAZ09-._~", "azAZ09-._~"), ("a b", "a%20b"), ("a+b/c?d=e&f", "a%2Bb%2Fc%3Fd%3De%26f"),
        ("%", "%25"), ("é", "%C3%A9"), ("\u{0}", "%00"),
    ])
    func `all but the unreserved characters are encoded`(text: String, encoded: String) {
        #expect(PercentEncoding.encode(text) == encoded)
        #expect(PercentEncoding.decode(encoded) == text)
    }

    @Test func `hexadecimal digits may be of either case`() {
        #expect(PercentEncoding.decode("%c3%A9") == "é")
    }

    @Test func `a plus is a space in forms only`() {
        #expect(PercentEncoding.decode("a+b") == "a+b")
        #expect(PercentEncoding.decode("a+b%2B", plusIsSpace: true) == "a b+")
    }

    @Test(arguments: ["%", "a%2", "%g0", "%0g", "%%20", "%+1", "%C3", "%FF", "%ED%A0%80"])
    func `what is malformed or not UTF-8 is refused`(text: String) {
        #expect(PercentEncoding.decode(text) == nil)
    }

    @Test func `whatever is encoded decodes to itself`() {
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<1000 {
            let scalars = (0..<Int.random(in: 0...8, using: &generator)).map { _ in
                Unicode.Scalar(UInt32.random(in: 0..<0x11_0000, using: &generator)) ?? "?"
            }
            let text = String(String.UnicodeScalarView(scalars))
            #expect(PercentEncoding.decode(PercentEncoding.encode(text)).map { Array($0.utf8) } == Array(text.utf8))
        }
    }
}
