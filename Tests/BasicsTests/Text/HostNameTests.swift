import Basics
import Testing

@Suite struct HostNameTests {
    @Test(arguments: [
        "localhost", "redis", "my_redis.internal", "a-b.example.org.", "127.0.0.1", "0.0.0.0", "::", "::1",
        "fe80::1%eth0",
        "::ffff:10.0.0.1", "1password.com", "xn--bcher-kva.example",
    ])
    func `takes names and addresses`(text: String) {
        #expect(HostName.fault(of: text) == nil)
    }

    @Test(arguments: [
        "", "*", "a b", "a\n", "\u{FEFF}a", "a,b", "0.0.0.0:80", "[::]", ":", "1::2::3", "256.1.1.1", "1.2.3", "0",
        "-a",
        "a-", "a..b", ".", ".a", "http://a", "a/b", "a%0A", "bücher.example", "١٢٣",
        String(repeating: "a", count: 64), Array(repeating: "abcdefghi", count: 26).joined(separator: "."),
    ])
    func `says what is wrong with what is none`(text: String) {
        #expect(HostName.fault(of: text) != nil)
    }

    @Test func `hidden characters are told by name and place`() {
        func told(_ text: String, _ kind: HiddenCharacter.Kind = .any) -> String? {
            HiddenCharacter(in: text, kind).map { "\($0)" }
        }
        #expect(told("ab\n") == "a line break (U+000A) at character 3")
        // A carriage return and a line break are one character to Swift.
        #expect(told("a\r\n") == "a carriage return (U+000D) at character 2")
        #expect(told("a b") == "a space (U+0020) at character 2" && told("a b", .control) == nil)
        #expect(
            told("\u{200B}") == "an invisible character (U+200B) at character 1" && told("\u{200B}", .control) == nil)
        #expect(
            told("a\u{85}", .control) != nil && told("a\u{2028}", .control) != nil && told("\u{0}", .control) != nil)
        #expect(told("a\u{A0}") == "white space (U+00A0) at character 2" && told("käse") == nil)
        #expect(HiddenCharacter(around: "a b") == nil && HiddenCharacter(around: "") == nil)
        #expect(HiddenCharacter(around: "a ")?.place == 2 && HiddenCharacter(around: " a")?.place == 1)
    }
}
