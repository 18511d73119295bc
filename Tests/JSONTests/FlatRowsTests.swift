import JSON
import Testing

struct FlatRowsTests {
    @Test func `each object is a line, its bytes untouched`() throws {
        let rows = Array(#"[{"id":1,"price":1.50}, {"symbol":"}{\"é"} ,{}]"#.utf8)
        #expect(try FlatRows.lines(of: rows) == [#"{"id":1,"price":1.50}"#, #"{"symbol":"}{\"é"}"#, "{}"])
    }

    @Test func `no rows are no lines`() throws {
        #expect(try FlatRows.lines(of: Array("[]".utf8)).isEmpty)
    }

    @Test(arguments: [
        ("", "the text ends where a value should stand", 0), ("{}", "not an array of rows", 0),
        (#"[{"id":1},{"id":x}]"#, "a value should stand here", 16), ("[{},1]", "a row is not an object", 4),
        (#"[{"id":[]}]"#, "a row's member is not a scalar", 7),
        ("[{}", "a comma or a closing bracket should stand here", 3),
        ("[{}]x", "text behind the end of the JSON value", 4),
    ])
    func `what is no array of flat objects is refused with its place`(text: String, message: String, offset: Int) {
        #expect(throws: JSONSyntaxError(message, at: offset)) { try FlatRows.lines(of: Array(text.utf8)) }
    }

    @Test(arguments: [
        ("", 0), ("{}", 1), (#"{"a":1}"#, 1), (#"{"a":1,"b":"x"},{"c":null},{"d":true,"e":-1.5e3}"#, 3),
    ])
    func `joined objects are counted`(text: String, count: Int) throws {
        #expect(try FlatRows.count(in: Array(text.utf8)) == count)
    }

    @Test(arguments: [
        ",", "{}{}", "{},", ",{}", "{", #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#, #"{"a":[]}"#, #"{"a":{}}"#, "[]", "1",
        #"{1:1}"#, #"{"a":1 "b":2}"#, #"{"a":1},"#, #"{,}"#, #"{"a":1}}"#,
    ])
    func `what is not exactly flat objects is not counted`(text: String) {
        #expect(throws: JSONSyntaxError.self) { try FlatRows.count(in: Array(text.utf8)) }
    }
}
