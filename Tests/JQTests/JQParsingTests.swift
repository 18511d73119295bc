import Testing

@testable import JQ

struct JQParsingTests {
    @Test(arguments: [
        "", " \n", "{", #"{"a":1"#, #"{"a":"#, "[1,2", #""abc"#, "{} {}", "{}{}", "1 2", "{}x", "[1]]", "{a:1}",
        "{'a':1}",
        "<html></html>", "Bad Gateway", "[1,]", #"{"a":1,}"#, "tru", "[1 2]", #"{"a" 1}"#, "\u{1F}\u{8B}\u{8}",
    ])
    func `what is not exactly one JSON value is refused`(text: String) async throws {
        #expect(await Filtered.error("{}", of: text)?.hasPrefix("not one whole JSON value: ") == true)
    }

    @Test(arguments: ["{}", " {} \n", "[]", "1", "null", #""a""#, "\u{FEFF}{}"])
    func `one JSON value is read, with space around it`(text: String) async throws {
        #expect(await Filtered.error("{}", of: text) == nil)
    }

    @Test func `the message does not quote the body`() async throws {
        let error = await Filtered.error(of: #"{"key":"secret-value" x}"#)
        #expect(error?.contains("secret") == false)
    }

    @Test(arguments: [
        (#""\ud83d""#, "\u{FFFD}"), (#""a\ud83d""#, "a\u{FFFD}"), (#""\uD83Dx""#, "\u{FFFD}x"),
        (#""\udbff\n""#, "\u{FFFD}\\n"), (#""\ud800\u0041""#, "\u{FFFD}A"), (#""\ud83d\ud83d\ude00""#, "\u{FFFD}😀"),
        (#""\ud83d\ude00\ud83d""#, "😀\u{FFFD}"), (#""\ude00""#, "\u{FFFD}"), (#""\ud83d\\ude00""#, "\u{FFFD}\\\\ude00"),
    ])
    func `half a surrogate pair becomes a replacement character`(json: String, text: String) async throws {
        #expect(try await Filtered.rows("{s: .}", of: json) == #"{"s":"\#(text)"}"#)
    }

    @Test(arguments: [
        (#""\ud83d\ude00""#, "😀"), (#""\\ud83d""#, #"\\ud83d"#), (#""\\\\ud83d""#, #"\\\\ud83d"#), (#""\u00e9""#, "é"),
        (#""😀""#, "😀"), (#""ud83d""#, "ud83d"), (#""\"ud83d""#, #"\"ud83d"#),
    ])
    func `whole pairs, and what only looks like an escape, stay`(json: String, text: String) async throws {
        #expect(try await Filtered.rows("{s: .}", of: json) == #"{"s":"\#(text)"}"#)
    }

    @Test(arguments: [
        #""\ud8"#, #""\ud83"#, #""\ud83d"#, #""\ud83d\"#, #""\ud83d\u"#, #""\ud83d\ude"#, #""\ud83g""#, "\\",
    ])
    func `a text that is cut in an escape is refused`(text: String) async throws {
        #expect(await Filtered.error("{}", of: text)?.hasPrefix("not one whole JSON value: ") == true)
    }

    @Test func `bytes that are not UTF-8 become replacement characters`() async throws {
        #expect(try await Filtered.rows("{s: .}", of: [0x22, 0x61, 0xFF, 0x62, 0x22]) == "{\"s\":\"a\u{FFFD}b\"}")
    }

    /// As much as one text can hold of what may be cut: a mark, escapes, halves of pairs, numbers, words, bytes that are no
    /// UTF-8.
    @Test func `however a text is cut into pieces, it is read as a whole`() throws {
        let texts: [[UInt8]] = [
            Array("\u{FEFF}".utf8)
                + Array(#" {"a\\":"\ud83d\ude00\ud83d","é":[-1.25e-3,true,null,"\ud83dx\"\\"],"b":"#.utf8)
                + [0x22, 0x61, 0xFF, 0xE5, 0xB8, 0x81, 0x22] + Array("} \n".utf8),
            Array(#"{"a":1} {}"#.utf8), Array(#"["\ud83d"#.utf8), Array(#"["\ud8zz"]"#.utf8), Array("12345".utf8),
            Array("tru".utf8), Array(" ".utf8), Array("[1,]".utf8),
        ]
        func read(_ pieces: [ArraySlice<UInt8>]) -> Result<String, JQError> {
            let parser = JVParser()
            for piece in pieces { parser.feed(Array(piece)) }
            return Result { () throws(JQError) in try parser.end() }.map { value in
                JV.takeText(value)
            }
        }
        for text in texts {
            let whole = read([text[...]])
            // The piece in the middle is as long as the longest that belongs together, and shorter.
            let cuts = (0...text.count).flatMap { first in
                (first...min(first + 13, text.count)).map { (first, $0) }
            }
            let wrong = cuts.filter { first, second in
                read([text[..<first], text[first..<second], text[second...]]) != whole
            }
            #expect(wrong.isEmpty, "\(String(decoding: text, as: UTF8.self)) at \(wrong)")
            #expect(read(text.indices.map { text[$0...$0] }) == whole)
        }
    }
}
