import Foundation
import JSON
import TestSupport
import Testing

struct JSONLexerTests {
    /// The tokens of a text, the end included.
    private static func tokens(_ text: [UInt8]) throws(JSONSyntaxError) -> [JSONToken] {
        var lexer = JSONLexer()
        var tokens: [JSONToken] = []
        repeat { tokens.append(try lexer.next(in: text.span)) } while tokens.last?.kind != .end
        return tokens
    }

    @Test func `a text is split into tokens with their places`() throws {
        let text = Array(" {\"a\" : [1.5e-3,\t\"\\n\"]}\r\n".utf8)
        let tokens = try Self.tokens(text)
        #expect(
            tokens.map(\.kind) == [
                .beginObject, .string(hasEscapes: false), .colon, .beginArray, .number, .comma,
                .string(hasEscapes: true), .endArray, .endObject, .end,
            ])
        #expect(tokens[1].range == 2..<5)
        #expect(tokens[4].range == 9..<15)
        #expect(tokens[9].range == text.count..<text.count)
    }

    @Test func `the words are true, false and null`() throws {
        #expect(try Self.tokens(Array("true false null".utf8)).map(\.kind) == [.true, .false, .null, .end])
    }

    @Test func `the order of tokens is not judged`() throws {
        let kinds = try Self.tokens(Array("}:,]1".utf8)).map(\.kind)
        #expect(kinds == [.endObject, .colon, .comma, .endArray, .number, .end])
    }

    @Test(arguments: ["0", "-0", "10", "-1.5", "0.0", "1e5", "1E+5", "1.25e-30", "12345678901234567890123"])
    func `a number of RFC 8259 is one token`(text: String) throws {
        #expect(try Self.tokens(Array(text.utf8)).map(\.kind) == [.number, .end])
    }

    @Test(arguments: [
        ("-", 0), ("01", 0), ("-01", 0), ("1.", 0), ("1.e5", 0), ("1e", 0), ("1e+", 0), (".5", 0), ("+1", 0),
        ("[1.x]", 1), ("tru", 3), ("trux", 0), ("nul", 3), ("falsy", 0), ("True", 0), ("NaN", 0), ("'a'", 0), ("a", 0),
        ("// c", 0), ("\"", 0), ("\"abc", 0), ("\"a\\", 3), ("\"\\x\"", 1), ("\"\\u12\"", 6), ("\"\\u12g4\"", 1),
        ("\"a\tb\"", 2), ("\"\u{0}\"", 1), ("\u{FEFF}1", 0), ("\u{A0}", 0), ("\"\\u123", 6),
    ])
    func `what is no JSON is refused at its place`(text: String, offset: Int) {
        let bytes = Array(text.utf8)
        #expect {
            try Self.tokens(bytes)
        } throws: { error in
            (error as? JSONSyntaxError)?.offset == min(offset, bytes.count)
        }
    }

    private static let seeds = [
        #"[0,-0,1.5,-2.25e10,1E-7,12345678901234567890,0.1]"#,
        #"{"a":"b","":"\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00","ü":[true,false,null]}"#,
        #"  { "rows" : [ { "id" : 1 , "price" : 1.2e-9 } , { "id" : "01" } ] }  "#,
    ]

    private static func mutated(_ text: [UInt8], using generator: inout SeededGenerator) -> [UInt8] {
        let alphabet = Array("{}[]:,\"\\0123456789.eE+-utrfalsn \n\u{0}é".utf8)
        var text = text
        for _ in 0..<Int.random(in: 1...4, using: &generator) where !text.isEmpty {
            let place = Int.random(in: 0..<text.count, using: &generator)
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: text.remove(at: place)
            case 1: text.insert(alphabet.randomElement(using: &generator) ?? 0, at: place)
            case 2: text[place] = alphabet.randomElement(using: &generator) ?? 0
            default: text.removeSubrange(place...)
            }
        }
        return text
    }

    /// Foundation's opinion of a scalar.
    private static func isScalar(_ token: ArraySlice<UInt8>) -> Bool {
        (try? JSONSerialization.jsonObject(with: Data(token), options: .fragmentsAllowed)) != nil
    }

    @Test func `numbers and strings of broken texts are numbers and strings to Foundation as well`() throws {
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<3000 {
            let seed = try #require(Self.seeds.randomElement(using: &generator))
            let text = Self.mutated(Array(seed.utf8), using: &generator)
            var lexer = JSONLexer()
            while let token = try? lexer.next(in: text.span), token.kind != .end {
                let bytes = text[token.range]
                switch token.kind {
                case .number:
                    // Foundation refuses what a double cannot hold.
                    guard Double(String(decoding: bytes, as: UTF8.self))?.isFinite == true else { continue }
                case .string:
                    // Foundation refuses half surrogate pairs and what is not UTF-8; the lexer leaves them to its reader.
                    let decoded = JSONString.decode(token.range, hasEscapes: true, in: text.span)
                    guard !decoded.contains("\u{FFFD}") else { continue }
                default: continue
                }
                try #require(Self.isScalar(bytes), "\(String(decoding: bytes, as: UTF8.self))")
            }
        }
    }

    @Test func `any bytes are lexed to an end or an error`() {
        var generator = SeededGenerator(seed: 2)
        for _ in 0..<3000 {
            let text = (0..<Int.random(in: 0...20, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
            let tokens = try? Self.tokens(text)
            #expect((tokens?.count ?? 0) <= text.count + 1)
        }
    }
}
