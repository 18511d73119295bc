import Logs
import Testing

struct RedactorTests {
    @Test func `a secret is hidden wherever it stands`() {
        let redact = Redactor(secrets: ["secret-key"])
        #expect(redact("a=secret-key&b=secret-key") == "a=***&b=***")
        #expect(redact("Apikey secret-key") == "Apikey ***")
        #expect(redact("nothing here") == "nothing here")
    }

    @Test(arguments: ["a%2Fb%2Bc%3DD%20e", "a%2fb%2bc%3dD%20e", "a/b+c=D e"])
    func `a percent-encoded secret is hidden too`(text: String) {
        #expect(Redactor(secrets: ["a/b+c=D e"])("key=\(text)!") == "key=***!")
    }

    @Test(arguments: [#"p\"a/é\n😀"#, #"p\"a\/é\n😀"#, #"p\"a/\u00e9\n\ud83d\ude00"#, "p\"a/é\n😀"])
    func `a secret that is escaped as in JSON is hidden too`(text: String) {
        #expect(Redactor(secrets: ["p\"a/é\n😀"])("key=\(text)!") == "key=***!")
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
