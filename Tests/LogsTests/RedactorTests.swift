import Foundation
import Logs
import Testing

struct RedactorTests {
    @Test func `a secret is hidden wherever it stands`() {
        let redact = Redactor(secrets: ["secret-key"])
        #expect(redact("a=secret-key&b=secret-key") == "a=***&b=***")
        #expect(redact("Apikey secret-key") == "Apikey ***")
        #expect(redact("nothing here") == "nothing here")
    }

    @Test(arguments: [
        "a%2Fb%2Bc%3DD%20e", "a%2fb%2bc%3dD%20e", "a/b+c=D e", "a/b%2Bc%3DD%20e", "a%2Fb%2Bc=D+e", "%61/b+c=D e",
    ])
    func `a percent-encoded secret is hidden too`(text: String) {
        #expect(Redactor(secrets: ["a/b+c=D e"])("key=\(text)!") == "key=***!")
    }

    @Test(arguments: [#"p\"a/é\n😀"#, #"p\"a\/é\n😀"#, #"p\"a/\u00e9\n\ud83d\ude00"#, "p\"a/é\n😀"])
    func `a secret that is escaped as in JSON is hidden too`(text: String) {
        #expect(Redactor(secrets: ["p\"a/é\n😀"])("key=\(text)!") == "key=***!")
    }

    /// As Go, Gson and HTML write them.
    @Test(arguments: [
        #"k&9/ab+cd=="#, #"k\u00269/ab\u002bcd\u003d\u003D"#, "k&amp;9/ab+cd==", "k&#38;9&#x2F;ab+cd&#61;=",
        "k&#038;9/ab+cd==",
        #"k\u00269\/ab%2bcd=="#,
    ])
    func `a secret that is escaped in part, or as in HTML, is hidden too`(text: String) {
        #expect(Redactor(secrets: ["k&9/ab+cd=="])("key=\(text)!") == "key=***!")
    }

    @Test(arguments: ["", "a", "me", "user:", "0123456789"]) func `a secret in base64 is hidden`(before: String) {
        let redact = Redactor(secrets: ["canary-key?>"])
        let text = Data((before + "canary-key?>" + "tail").utf8).base64EncodedString()
        for encoded in [text, text.replacing("+", with: "-").replacing("/", with: "_")] {
            let shown = redact("Basic \(encoded) end")
            #expect(shown.contains("***") && shown.hasSuffix(" end"))
            // At most the digits that also depend on the neighbours are left.
            #expect(shown.count <= "Basic  end".count + 3 + (before.count + 4) * 4 / 3 + 6, "\(shown)")
        }
    }

    /// A provider that repeats what could be many spellings must not cost more than its length.
    @Test(.timeLimit(.minutes(1))) func `texts that could be many spellings take no longer than others`() {
        for (secret, text) in [
            (String(repeating: "\\", count: 60) + "X", String(repeating: "\\", count: 200) + "Y"),
            (String(repeating: "&", count: 60) + "X", String(repeating: "&amp;", count: 200)),
            (String(repeating: "+ ", count: 60), String(repeating: "+", count: 2000)),
        ] {
            _ = Redactor(secrets: [secret])(text)
        }
        let secret = String(repeating: "\\", count: 6) + "X"
        #expect(Redactor(secrets: [secret])(String(repeating: "\\", count: 12) + "X!") == "***!")
    }

    @Test func `a letter of another case is another secret`() {
        #expect(Redactor(secrets: ["Secret-Key"])("secret-key") == "secret-key")
    }

    @Test func `data keeps its at signs`() {
        let data = Array("https://example.com;joe@example.com;secret-key".utf8)
        #expect(
            Redactor(secrets: ["secret-key"])(data, isText: false)
                == Array("https://example.com;joe@example.com;***".utf8))
    }

    @Test func `a secret that contains another leaves no rest`() {
        let redact = Redactor(secrets: ["secret", "my-secret-key"])
        #expect(redact("my-secret-key secret") == "*** ***")
    }

    @Test func `secrets that overlap leave no rest`() {
        let redact = Redactor(secrets: ["abcdef", "defghi"])
        #expect(redact("<abcdefghi>") == "<***>")
        #expect(redact("<abcdefdefghi>") == "<***>")
        #expect(redact("<abcdef defghi>") == "<*** ***>")
    }

    @Test func `values of fewer than six characters are left`() {
        let redact = Redactor(secrets: ["", "a", "12345", "123456"])
        #expect(redact("a 12345") == "a 12345")
        #expect(redact("a 123456") == "a ***")
    }

    @Test(arguments: [
        ("redis://user:pw@host:6379/0", "redis://***@host:6379/0"),
        ("at https://a:b@c@example.org/x", "at https://***@example.org/x"),
        ("http://host/path@2x", "http://host/path@2x"), ("http://host?mail=a@b", "http://host?mail=a@b"),
        ("unix://:pw@/run/redis.sock and b@c", "unix://***@/run/redis.sock and b@c"), ("a://@b", "a://@b"),
        ("http://x y@z", "http://x y@z"),
    ])
    func `the userinfo of a URL is hidden, however short`(text: String, redacted: String) {
        #expect(Redactor()(text) == redacted)
    }

    @Test func `a character that joins the one before does not show a secret`() {
        #expect(!Redactor(secrets: ["secret-key"])("secret-key\u{301}").contains("secret"))
    }
}
