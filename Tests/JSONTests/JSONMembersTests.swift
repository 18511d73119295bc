import Foundation
import TestSupport
import Testing

@testable import JSON

@Suite struct JSONMembersTests {
    private func members(_ text: String) throws -> [JSONMember] { try JSONMembers.of(Array(text.utf8)) }

    @Test func `gives strings, numbers as they are written, and the kinds of all else, in order`() throws {
        let members = try members(
            #" {"a":"x\u0041\n","b":1.50e3,"c":[1,{"a":2},[]],"d":{"a":[{}]},"e":true,"f":null,"a":"","g":false} "#)
        #expect(
            members == [
                .init(name: "a", value: .string("xA\n")), .init(name: "b", value: .number("1.50e3")),
                .init(name: "c", value: .array), .init(name: "d", value: .object), .init(name: "e", value: .bool),
                .init(name: "f", value: .null), .init(name: "a", value: .string("")), .init(name: "g", value: .bool),
            ])
        #expect(try self.members("{}").isEmpty)
    }

    @Test(arguments: [
        "", " ", "null", "[]", "\"a\"", "1", "{", "{]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{,}", "{\"a\":1 \"b\":2}",
        "{\"a\":1}{", "{\"a\":1} x", "{\"a\":[1,]}", "{\"a\":[1 2]}", "{\"a\":[1}}", "{\"a\":{]}", "{a:1}", "{'a':1}",
        "{\"a\":NaN}", "{\"a\":01}", "{\"a\":+1}", "{\"a\":.5}", "{\"a\":5.}", "{\"a\":\"\u{1}\"}", "{\"a\":\"\\x\"}",
        "{\"a\":tru}", "{\"a\"::1}", "{1:1}", "\u{FEFF}{}",
    ]) func `refuses what is no JSON object`(text: String) {
        #expect(throws: JSONSyntaxError.self) { try members(text) }
    }

    @Test func `refuses bytes that are not UTF-8, and nesting beyond its limit, without recursion`() throws {
        #expect(throws: JSONSyntaxError("not UTF-8", at: 6)) {
            try JSONMembers.of(Array("{\"a\":\"".utf8) + [0xFF, 0x22, 0x7D])
        }
        let deep = "{\"a\":" + String(repeating: "[", count: 60_000)
        #expect(throws: JSONSyntaxError("nested too deep", at: 68)) { try members(deep) }
        let allowed = "{\"a\":" + String(repeating: "[", count: 63) + String(repeating: "]", count: 63) + "}"
        #expect(try members(allowed).count == 1)
    }

    @Test func `gives the members that are asked for alone, however their names are written`() throws {
        let text = Array(#"{"a":1,"b":{"a":2},"c":[1],"\u0062":"x","abc":3}"#.utf8)
        #expect(
            try JSONMembers.of(text, named: ["b", "ab"]) == [
                .init(name: "b", value: .object), .init(name: "b", value: .string("x")),
            ])
    }

    @Test func `gives the members that are strings by their names`() {
        #expect(JSONMembers.texts(of: Array(#"{"a":"1","b":2,"a":"3","c":null}"#.utf8)) == ["a": "3"])
        #expect(JSONMembers.texts(of: Array("[]".utf8)) == nil)
    }

    @Test func `takes and refuses what Foundation does, but for a comma that is one too many`() throws {
        var random = SeededGenerator(seed: 5)
        let pieces = ["{", "}", "[", "]", ",", ":", "\"a\"", "\"b\"", "1", "-2.5", "true", "null", " ", "{\"a\":1}"]
        var taken = 0
        for _ in 0..<20_000 {
            let text =
                "{\"a\":"
                + (0..<Int.random(in: 0...7, using: &random))
                .map { _ in pieces.randomElement(using: &random) ?? "" }.joined() + "}"
            let ours = (try? members(text)) != nil
            let theirs = (try? JSONSerialization.jsonObject(with: Data(text.utf8))) is [String: Any]
            #expect(ours == (theirs && !text.contains(/,\s*[}\]]/)), "\(text)")
            taken += ours ? 1 : 0
        }
        #expect(taken > 500)
    }
}
