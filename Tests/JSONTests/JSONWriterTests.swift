import Foundation
import JSON
import TestSupport
import Testing

struct JSONWriterTests {
    @Test func `commas and colons stand where they belong`() {
        let json = JSONWriter.object { writer in
            writer.member("a", "x")
            writer.member("none", nil)
            writer.member("b", -7)
            writer.member("texts", ["1", "2"])
            writer.name("c")
            writer.array { writer in
                writer.object { _ in }
                writer.array { _ in }
                writer.object { $0.member("d", UInt64.max) }
                writer.null()
            }
            writer.name("e")
            writer.string { $0 += "plain".utf8 }
        }
        #expect(
            String(decoding: json, as: UTF8.self)
                == #"{"a":"x","none":null,"b":-7,"texts":["1","2"],"c":[{},[],{"d":18446744073709551615},null],"#
                + #""e":"plain"}"#)
    }

    @Test func `what is JSON already is joined`() {
        let json = JSONWriter.array { writer in
            for part in ["", "1,2", "", "{}"] { writer.values(json: Array(part.utf8)) }
        }
        #expect(String(decoding: json, as: UTF8.self) == "[1,2,{}]")
    }

    @Test func `names and values are escaped, and further scalars where it is asked for`() {
        let plain = JSONWriter.object { $0.member("a\"", "\u{1}\u{202E}é") }
        #expect(String(decoding: plain, as: UTF8.self) == "{\"a\\\"\":\"\\u0001\u{202E}é\"}")
        let escaped = JSONWriter.object { $0.member("a\"", "\n\u{202E}é\u{1F600}", escaping: { !$0.isASCII }) }
        #expect(String(decoding: escaped, as: UTF8.self) == #"{"a\"":"\n\u202e\u00e9\ud83d\ude00"}"#)
    }

    private enum Value: Equatable {
        case text(String), number(Int), null, array([Value]), object([Value])

        static func random(_ depth: Int, using generator: inout SeededGenerator) -> Value {
            switch Int.random(in: 0..<(depth > 0 ? 5 : 3), using: &generator) {
            case 0: return .text(["", "a", "\"\\", "é\n"].randomElement(using: &generator) ?? "")
            case 1: return .number(.random(in: .min ... .max, using: &generator))
            case 2: return .null
            case let kind:
                let inner = (0..<Int.random(in: 0...3, using: &generator)).map { _ in
                    random(depth - 1, using: &generator)
                }
                return kind == 3 ? .array(inner) : .object(inner)
            }
        }

        func write(to writer: inout JSONWriter) {
            switch self {
            case .text(let text): writer.string(text)
            case .number(let number): writer.integer(number)
            case .null: writer.null()
            case .array(let values): writer.array { for value in values { value.write(to: &$0) } }
            case .object(let values):
                writer.object { writer in
                    for (index, value) in values.enumerated() {
                        writer.name("\(index)")
                        value.write(to: &writer)
                    }
                }
            }
        }

        /// The value that a reader's next token begins.
        static func read(
            _ token: JSONToken, _ reader: inout JSONReader, _ text: [UInt8]
        ) throws(JSONSyntaxError) -> Value {
            var inner: [Value] = []
            switch token.kind {
            case .string: return .text(token.text(in: text.span))
            case .number: return Int(token.text(in: text.span)).map { .number($0) } ?? .null
            case .beginArray:
                while case let next = try reader.next(in: text.span), next.kind != .endArray {
                    inner.append(try read(next, &reader, text))
                }
                return .array(inner)
            case .beginObject:
                while try reader.next(in: text.span).kind != .endObject {
                    inner.append(try read(reader.next(in: text.span), &reader, text))
                }
                return .object(inner)
            default: return .null
            }
        }
    }

    @Test func `whatever is written is read again, here and by Foundation`() throws {
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<1000 {
            let value = Value.random(4, using: &generator)
            let json = JSONWriter.array { value.write(to: &$0) }
            _ = try JSONSerialization.jsonObject(with: Data(json))
            var reader = JSONReader()
            let read = try Value.read(reader.next(in: json.span), &reader, json)
            #expect(read == .array([value]))
            #expect(try reader.next(in: json.span).kind == .end)
        }
    }
}
