import Basics
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
}
