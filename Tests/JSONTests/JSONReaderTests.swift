import Foundation
import JSON
import TestSupport
import Testing

struct JSONReaderTests {
    /// The tokens of a text, the end included.
    private static func tokens(
        _ text: [UInt8], _ start: JSONReader.Start = .value
    ) throws(JSONSyntaxError) -> [JSONToken] {
        var reader = JSONReader(start)
        var tokens: [JSONToken] = []
        repeat { tokens.append(try reader.next(in: text.span)) } while tokens.last?.kind != .end
        return tokens
    }

    private static func kinds(_ text: String, _ start: JSONReader.Start = .value) throws -> [JSONToken.Kind] {
        try tokens(Array(text.utf8), start).map(\.kind)
    }

    @Test func `a text is split into tokens with their places`() throws {
        let text = Array(" {\"a\" : [1.5e-3,\t\"\\n\"], \"\\u0062\":{}}\r\n".utf8)
        let tokens = try Self.tokens(text)
        #expect(
            tokens.map(\.kind) == [
                .beginObject, .name(hasEscapes: false), .beginArray, .number, .string(hasEscapes: true), .endArray,
                .name(hasEscapes: true), .beginObject, .endObject, .endObject, .end,
            ])
        #expect(tokens[1].range == 2..<5)
        #expect(tokens[3].range == 9..<15)
        #expect(tokens[10].range == text.count..<text.count)
        #expect(tokens[1].text(in: text.span) == "a")
        #expect(tokens[3].text(in: text.span) == "1.5e-3")
        #expect(tokens[4].text(in: text.span) == "\n")
        #expect(tokens[6].text(in: text.span) == "b")
    }

    @Test func `the words are true, false and null`() throws {
        #expect(
            try Self.kinds("[true, false,null]") == [.beginArray, .true, .false, .null, .endArray, .end])
    }

    @Test(arguments: ["0", "-0", "10", "-1.5", "0.0", "1e5", "1E+5", "1.25e-30", "12345678901234567890123"])
    func `a number of RFC 8259 is one token`(text: String) throws {
        #expect(try Self.kinds(text) == [.number, .end])
    }

    @Test(arguments: [
        ("-", 0), ("01", 0), ("-01", 0), ("1.", 0), ("1.e5", 0), ("1e", 0), ("1e+", 0), (".5", 0), ("+1", 0),
        ("[1.x]", 1), ("tru", 3), ("trux", 0), ("nul", 3), ("falsy", 0), ("True", 0), ("NaN", 0), ("'a'", 0), ("a", 0),
        ("// c", 0), ("\"", 0), ("\"abc", 0), ("\"a\\", 3), ("\"\\x\"", 1), ("\"\\u12\"", 6), ("\"\\u12g4\"", 1),
        ("\"a\tb\"", 2), ("\"\u{0}\"", 1), ("\u{FEFF}1", 0), ("\u{A0}", 0), ("\"\\u123", 6), ("", 0), ("[", 1),
        ("{", 1), ("[1", 2), ("[1,", 3), ("[1,]", 3), ("[,1]", 1), ("[1 2]", 3), ("[1}", 2), ("{]", 1), ("{\"a\"}", 4),
        ("{\"a\":}", 5), ("{\"a\":1,}", 7), ("{\"a\":1 \"b\":2}", 7), ("{1:1}", 1), ("{\"a\"::1}", 5), ("1 2", 2),
        ("{}}", 2), ("[]]", 2), (",", 0), ("]", 0),
    ])
    func `what is no JSON is refused at its place`(text: String, offset: Int) {
        let bytes = Array(text.utf8)
        #expect {
            try Self.tokens(bytes)
        } throws: { error in
            (error as? JSONSyntaxError)?.offset == min(offset, bytes.count)
        }
    }

    @Test func `elements stand without the brackets of their array`() throws {
        #expect(try Self.kinds("", .elements) == [.end])
        #expect(try Self.kinds("1,{} ", .elements) == [.number, .beginObject, .endObject, .end])
        for text in [",", "1,", "1 2", "]", "1]", "{},,{}", "[1"] {
            #expect(throws: JSONSyntaxError.self, "\(text)") { try Self.kinds(text, .elements) }
        }
    }

    @Test func `the rest of a value is skipped and checked, however it is nested`() throws {
        let text = Array(#"{"a":[1,{"b":[]}],"c":2}"#.utf8)
        var reader = JSONReader()
        _ = try reader.next(in: text.span)
        _ = try reader.next(in: text.span)
        let value = try reader.next(in: text.span)
        try reader.skipRest(of: value, in: text.span)
        #expect(try reader.next(in: text.span).text(in: text.span) == "c")
        let scalar = try reader.next(in: text.span)
        try reader.skipRest(of: scalar, in: text.span)
        #expect(try reader.next(in: text.span).kind == .endObject)
    }

    @Test func `as many containers as there are bits may be open, and no more`() throws {
        func nested(_ depth: Int) -> [UInt8] {
            let pairs = (0..<depth).map { $0.isMultiple(of: 2) ? ("[", "]") : ("{\"a\":", "}") }
            return Array((pairs.map(\.0) + ["1"] + pairs.reversed().map(\.1)).joined().utf8)
        }
        #expect(try Self.tokens(nested(JSONReader.deepest)).last?.kind == .end)
        #expect(throws: JSONSyntaxError("nested too deep", at: 32 * 6)) {
            try Self.tokens(nested(JSONReader.deepest + 1))
        }
        #expect(throws: JSONSyntaxError("nested too deep", at: 64)) {
            try Self.tokens([UInt8](repeating: UInt8(ascii: "["), count: 100_000))
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
        for _ in 0..<Int.random(in: 0...3, using: &generator) where !text.isEmpty {
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

    @Test func `broken texts are refused as Foundation refuses them`() throws {
        var generator = SeededGenerator(seed: 1)
        var taken = 0
        for _ in 0..<5000 {
            let seed = try #require(Self.seeds.randomElement(using: &generator))
            let text = Self.mutated(Array(seed.utf8), using: &generator)
            let ours = try? Self.tokens(text)
            taken += ours == nil ? 0 : 1
            let theirs = try? JSONSerialization.jsonObject(with: Data(text), options: .fragmentsAllowed)
            let shown = String(decoding: text, as: UTF8.self)
            if let ours, theirs == nil {
                // Foundation refuses what a double cannot hold, half surrogate pairs, and what is not UTF-8.
                let isOdd = ours.contains { token in
                    let value = token.text(in: text.span)
                    return value.contains("\u{FFFD}") || (token.kind == .number && Double(value)?.isFinite != true)
                }
                try #require(isOdd, "\(shown)")
            } else if ours == nil, theirs != nil {
                // It takes a comma that is one too many.
                try #require(shown.contains(/,\s*[}\]]/), "\(shown)")
            }
        }
        #expect((1000..<4500).contains(taken), "\(taken)")
    }

    @Test func `any bytes are read to an end or an error`() {
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
