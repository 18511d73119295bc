import JSON
import Testing

struct FlatRowsTests {
    @Test func `each object is a line, its bytes untouched`() throws {
        let rows = Array(#"[{"id":1,"price":1.50}, {"symbol":"}{\"é"} ,{}]"#.utf8)
        #expect(try FlatRows.lines(of: rows) == [#"{"id":1,"price":1.50}"#, #"{"symbol":"}{\"é"}"#, "{}"])
    }

    @Test func `no rows are no lines`() throws {
        #expect(try FlatRows.lines(of: Array("[]".utf8)).isEmpty)
        #expect(try FlatRows.lines(of: []).isEmpty)
    }

    @Test func `what is no JSON is refused`() {
        #expect(throws: JSONSyntaxError.self) { try FlatRows.lines(of: Array(#"[{"id":1},{"id":x}]"#.utf8)) }
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
