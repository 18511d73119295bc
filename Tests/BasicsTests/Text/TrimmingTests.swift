import Basics
import Testing

struct TrimmingTests {
    @Test(arguments: [("", ""), (" ", ""), ("a", "a"), (" a b  ", " a b"), ("\r\n", ""), ("x\r\n", "x")])
    func `an end is trimmed and nothing else`(text: String, trimmed: String) {
        #expect(text.trimmingSuffix(while: \.isWhitespace) == trimmed)
        #expect(text.utf8.trimmingSuffix { $0 <= 0x20 }.elementsEqual(trimmed.utf8))
    }
}
