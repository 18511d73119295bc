import Testing

@testable import JQ

struct JQParsingTests {
    @Test(arguments: [
        "", " \n", "{", #"{"a":1"#, #"{"a":"#, "[1,2", #""abc"#, "{} {}", "{}{}", "1 2", "{}x", "[1]]", "{a:1}",
        "{'a':1}",
        "<html></html>", "Bad Gateway", "[1,]", #"{"a":1,}"#, "tru", "[1 2]", #"{"a" 1}"#, "\u{1F}\u{8B}\u{8}",
    ])
    func `what is not exactly one JSON value is refused`(text: String) {
        #expect(Filtered.error("{}", of: text)?.hasPrefix("not one whole JSON value: ") == true)
    }

    @Test(arguments: ["{}", " {} \n", "[]", "1", "null", #""a""#, "\u{FEFF}{}"])
    func `one JSON value is read, with space around it`(text: String) {
        #expect(Filtered.error("{}", of: text) == nil)
    }

    @Test func `the message does not quote the body`() {
        let error = Filtered.error(of: #"{"key":"secret-value" x}"#)
        #expect(error?.contains("secret") == false)
    }

    @Test(arguments: [
        (#""\ud83d""#, "\u{FFFD}"), (#""a\ud83d""#, "a\u{FFFD}"), (#""\uD83Dx""#, "\u{FFFD}x"),
        (#""\udbff\n""#, "\u{FFFD}\\n"), (#""\ud800\u0041""#, "\u{FFFD}A"), (#""\ud83d\ud83d\ude00""#, "\u{FFFD}😀"),
        (#""\ud83d\ude00\ud83d""#, "😀\u{FFFD}"), (#""\ude00""#, "\u{FFFD}"), (#""\ud83d\\ude00""#, "\u{FFFD}\\\\ude00"),
    ])
    func `half a surrogate pair becomes a replacement character`(json: String, text: String) throws {
        #expect(try Filtered.rows("{s: .}", of: json) == #"{"s":"\#(text)"}"#)
    }

    @Test(arguments: [
        (#""\ud83d\ude00""#, "😀"), (#""\\ud83d""#, #"\\ud83d"#), (#""\\\\ud83d""#, #"\\\\ud83d"#), (#""\u00e9""#, "é"),
        (#""😀""#, "😀"), (#""ud83d""#, "ud83d"), (#""\"ud83d""#, #"\"ud83d"#),
    ])
    func `whole pairs, and what only looks like an escape, stay`(json: String, text: String) throws {
        #expect(try Filtered.rows("{s: .}", of: json) == #"{"s":"\#(text)"}"#)
    }

    @Test(arguments: [
        #""\ud8"#, #""\ud83"#, #""\ud83d"#, #""\ud83d\"#, #""\ud83d\u"#, #""\ud83d\ude"#, #""\ud83g""#, "\\",
    ])
    func `a text that is cut in an escape is refused`(text: String) {
        #expect(Filtered.error("{}", of: text)?.hasPrefix("not one whole JSON value: ") == true)
    }

    @Test func `bytes that are not UTF-8 become replacement characters`() throws {
        let document = try JQDocument(parsing: [0x22, 0x61, 0xFF, 0x62, 0x22], with: JQMachines())
        let rows = try document.rows(JQProgram("{s: .}"))
        #expect(String(decoding: rows.json, as: UTF8.self) == "{\"s\":\"a\u{FFFD}b\"}")
    }
}
