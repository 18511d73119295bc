import Testing

@testable import JQ

/// What filters make of documents, one after the other on this thread.
enum Filtered {
    static func document(_ text: String) throws -> JQDocument {
        try JQDocument(parsing: Array(text.utf8), with: JQMachines())
    }

    static func rows(_ filter: String, of text: String) throws -> String {
        String(decoding: try document(text).rows(JQProgram(filter)).json, as: UTF8.self)
    }

    /// The error's words; nil when there is none.
    static func error(_ filter: String = ".", of text: String) -> String? {
        do {
            _ = try rows(filter, of: text)
            return nil
        } catch {
            return "\(error)"
        }
    }
}

extension JQDocument {
    convenience init(parsing bytes: [UInt8], with machines: JQMachines) throws {
        let parser = JVParser()
        parser.feed(bytes)
        self.init(try parser.end(), with: machines)
    }
}

struct JQRowsTests {
    @Test func `every result is a row`() throws {
        let text = #"{"data":[{"id":1,"symbol":"A","x":[]},{"id":"2","symbol":null},{"id":true}]}"#
        let rows = try Filtered.document(text).rows(JQProgram(".data[] | {id, symbol}"))
        #expect(rows.count == 3)
        #expect(
            String(decoding: rows.json, as: UTF8.self)
                == #"{"id":1,"symbol":"A"},{"id":"2","symbol":null},{"id":true,"symbol":null}"#)
    }

    @Test func `no results are no rows`() throws {
        #expect(try Filtered.document("{}").rows(JQProgram("empty")) == JQDocument.Rows())
        #expect(try Filtered.rows("{}", of: "[]") == "{}")
    }

    @Test(arguments: ["NaN", "nan", "-nan", "Infinity", "-Infinity", "1e999", "-1e999"])
    func `what is no number is null, never the greatest double`(number: String) throws {
        #expect(try Filtered.rows("{a: .[0], b: 1}", of: "[\(number)]") == #"{"a":null,"b":1}"#)
    }

    @Test(arguments: [
        ("109232.0570596378", "109232.0570596378"), ("0.12345678901234567", "0.12345678901234566"), ("5", "5"),
        ("5.0", "5"), ("-0.5", "-0.5"), ("1.2e-9", "1.2e-09"), ("3.1477979E7", "31477979"), ("1e3", "1000"),
        ("98765432109.87654", "98765432109.87654"), ("2171187137956.7773", "2171187137956.7773"),
        ("9007199254740991", "9007199254740991"), ("1e17", "1e+17"), ("1e-12", "1e-12"),
        (#""81401.385000""#, #""81401.385000""#),
    ])
    func `numbers come out in the shortest form, and strings as they are`(number: String, text: String) throws {
        #expect(try Filtered.rows("{n: .}", of: number) == #"{"n":\#(text)}"#)
    }

    @Test func `a double's shortest form is the same double`() throws {
        for number in [
            109232.0570596378, 1.2e-9, 3.1477979e7, 0.1, 1.0 / 3, .leastNonzeroMagnitude, .greatestFiniteMagnitude,
        ] {
            let rows = try Filtered.rows("{n: .}", of: "\(number)")
            #expect(Double(rows.dropFirst(#"{"n":"#.count).dropLast()) == number)
        }
    }

    @Test(arguments: [
        (".a", #"{"a":{"b":{}}}"#, "a nested object"), ("{a: []}", "1", "a nested object"), ("[1]", "1", "array"),
        ("1", "1", "number"), ("null", "1", "null"), (#""a""#, "1", "string"), ("true", "1", "boolean"),
    ])
    func `a result that is no flat object is refused`(filter: String, text: String, kind: String) {
        #expect(Filtered.error(filter, of: text) == "the filter made \(kind), not a flat object a row")
    }

    @Test func `an error that a filter raises is told in its words`() {
        #expect(Filtered.error(".a[]", of: #"{"a":1}"#) == "Cannot iterate over number (1)")
        #expect(Filtered.error(#"error("no " + .a)"#, of: #"{"a":"luck"}"#) == "no luck")
        #expect(Filtered.error("error({code: 7})", of: "1") == #"{"code":7}"#)
    }

    @Test func `an error behind good rows refuses them all, and the filter may be used again`() throws {
        let machines = JQMachines()
        let program = try JQProgram(".[] | {n: (1 / .)}")
        let bad = try JQDocument(parsing: Array("[1,0,2]".utf8), with: machines)
        #expect(throws: JQError.self) { try bad.rows(program) }
        let good = try JQDocument(parsing: Array("[1,2]".utf8), with: machines)
        #expect(try good.rows(program).count == 2)
        #expect(try good.rows(program).count == 2)
    }

    @Test(arguments: [".a[", "foo", "$x", "{", ".a | ", "if . then 1"])
    func `a filter that does not compile is refused with jq's words`(source: String) {
        #expect {
            try JQProgram(source)
        } throws: { error in
            "\(error)".hasPrefix("does not compile: ")
        }
    }

    @Test func `the first object's members come as texts`() throws {
        let program = try JQProgram(#".[] | select(.e) | {message: .e, code, ok: true, none: null}"#)
        let document = try Filtered.document(#"[{"e":null},{"e":"bad \"key\"","code":1.50},{"e":"second"}]"#)
        #expect(
            try document.firstObject(program)
                == ["message": #"bad "key""#, "code": "1.5", "ok": "true", "none": "null"])
        #expect(try Filtered.document("[]").firstObject(program) == nil)
        #expect(throws: JQError.self) { try document.firstObject(JQProgram(".")) }
    }

    @Test(arguments: [("5", 5), ("0", 0), (#""9695""#, 9695), ("null", nil), ("empty", nil), ("7, 8", 7), ("5.0", 5)])
    func `the first count is a whole number`(filter: String, count: Int?) throws {
        #expect(try Filtered.document("1").firstCount(JQProgram(filter)) == count)
    }

    @Test(arguments: ["-1", "1.5", #""x""#, "[]", "{}", "true", "1e30", "error"])
    func `what is no count is refused`(filter: String) {
        #expect(throws: JQError.self) { try Filtered.document("1").firstCount(JQProgram(filter)) }
    }
}
