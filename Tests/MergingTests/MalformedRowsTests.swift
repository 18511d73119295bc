import JSON
import Merging
import Testing

struct MalformedRowsTests {
    @Test(arguments: [
        "", " ", "{}", "null", "[", "[{", "[{]", "[}", "[{}", "[{},", "[{},]", "[,{}]", "[{} {}]", "[{}]]",
        "[{}] x", "[{}]{}", "[{}]\u{0}", "[1]", "[[]]", "[null]", #"["a"]"#, #"[{"id"}]"#, #"[{"id" 1}]"#,
        #"[{"id":}]"#, #"[{"id":1,}]"#, #"[{,"id":1}]"#, #"[{"id":1 "symbol":"A"}]"#, #"[{id:1}]"#, #"[{"id":{}}]"#,
        #"[{"other":[]}]"#, #"[{"id":01}]"#, #"[{"id":NaN}]"#, #"[{"id":1}"#, #"[{"id":"1}]"#, #"[{"id":"\x"}]"#,
    ])
    func `rows that are not an array of flat objects are refused`(text: String) {
        var table = Join.table(for: 0, of: .toplist)
        #expect(throws: JSONSyntaxError.self) { try table.append(rows: Array(text.utf8)) }
    }

    @Test func `the message says where`() {
        var table = Join.table(for: 0, of: .toplist)
        #expect(throws: JSONSyntaxError("a row's member is not a scalar", at: 19)) {
            try table.append(rows: Array(#"[{"id":1},{"other":[]}]"#.utf8))
        }
    }
}
