import JSON
import Testing

@testable import Config

struct ConfigParserTests {
    private static func parse(_ text: String) throws(JSONSyntaxError) -> ConfigNode {
        var parser = ConfigParser(Array(text.utf8))
        return try parser.parse()
    }

    /// What is wrong with the text, as a person is told it.
    private static func issue(_ text: String) -> String? {
        let context = ConfigContext(file: "a.json", environment: [:])
        _ = context.reader(of: Array(text.utf8))
        return context.issues.first?.description
    }

    private static func members(_ node: ConfigNode) throws -> [ConfigNode.Member] {
        guard case .object(let members) = node.value else { throw JSONSyntaxError("no object", at: 0) }
        return members
    }

    @Test func `every kind of value is read`() throws {
        let members = try Self.members(
            Self.parse(#"{"s":"a\n","n":1.50,"t":true,"f":false,"z":null,"a":[1,[]],"o":{},"":0}"#))
        #expect(members.map(\.name) == ["s", "n", "t", "f", "z", "a", "o", ""])
        #expect(members[0].node.value == .string("a\n"))
        #expect(members[1].node.value == .number("1.50"))
        #expect(members[2...4].map(\.node.value) == [.bool(true), .bool(false), .null])
        guard case .array(let elements) = members[5].node.value else { throw JSONSyntaxError("no array", at: 0) }
        #expect(elements.map(\.value) == [.number("1"), .array([])])
        #expect(members[6].node.value == .object([]))
    }

    @Test func `places are counted from one, in lines and characters`() throws {
        let members = try Self.members(Self.parse("{\n  \"a\": 1,\r\n\t\"é币😀e\u{301}\": \"ü\", \"b\":\n2}"))
        #expect(members.map(\.position.description) == ["2:3", "3:2", "3:15"])
        #expect(members.map(\.node.position.description) == ["2:8", "3:10", "4:1"])
    }

    @Test(arguments: [
        ("", "1:1: not valid JSON: the text ends where a value should stand"),
        ("{", "1:2: not valid JSON: a key in double quotes should stand here"),
        ("{\"a\":1,}", "1:8: not valid JSON: a key in double quotes should stand here"),
        ("{\n  a: 1}", "2:3: not valid JSON: a key in double quotes should stand here"),
        ("{\"é\" 1}", "1:6: not valid JSON: a colon should follow the key"),
        ("{\"é\": 1 \"b\": 2}", "1:9: not valid JSON: a comma or a closing brace should stand here"),
        ("{\"a\": [1 2]}", "1:10: not valid JSON: a comma or a closing bracket should stand here"),
        ("{\"a\": [1,]}", "1:10: not valid JSON: a value should stand here"),
        ("{\"a\": }", "1:7: not valid JSON: a value should stand here"),
        ("{}\n}", "2:1: not valid JSON: text behind the end of the JSON value"),
        ("{\"a\": \"b\n\"}", "1:9: not valid JSON: control character inside a string"),
        ("{\"a\": 01}", "1:7: not valid JSON: number with a leading zero"),
        ("{\"a\": tru", "1:10: not valid JSON: unexpected end"),
        ("// comment\n{}", "1:1: not valid JSON: JSON has no comments"),
        ("[]", "1:1: should be an object, not an array"), ("  7", "1:3: should be an object, not the number 7"),
    ])
    func `a broken file is told with its place`(text: String, issue: String) {
        #expect(Self.issue(text) == "a.json:" + issue)
    }

    @Test func `what is nested too deep is refused`() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        _ = try Self.parse(nested(64))
        #expect(throws: JSONSyntaxError("nested too deep", at: 64)) { try Self.parse(nested(65)) }
        #expect(throws: JSONSyntaxError.self) { try Self.parse(nested(100_000)) }
    }

    @Test func `a repeated key is told, and its first value counts`() throws {
        let context = ConfigContext(file: "a.json", environment: [:])
        let text = "{\"a\": 1,\n \"a\": 2, \"b\": {\"c\": 1, \"\\u0063\": 2}}"
        let reader = try #require(context.reader(of: Array(text.utf8)))
        #expect(context.issues.map(\.description) == ["a.json:2:2: a: repeated key", "a.json:2:24: b.c: repeated key"])
        #expect(reader.integer("a", in: 0...9, "") == 1)
    }
}
