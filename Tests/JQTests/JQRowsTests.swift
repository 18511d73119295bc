import TestSupport
import Testing

@testable import JQ

/// What filters make of documents, in a process of their own as everywhere.
enum Filtered {
    private static let pool = JQPool(processes: 2)

    static func read<Value: Sendable>(
        _ text: String, _ body: (JQReader) async throws(JQError) -> Value
    ) async throws(JQError) -> Value {
        try await pool.read(Array(text.utf8), body)
    }

    static func rows(_ filter: String, of text: String) async throws -> String {
        try await rows(filter, of: Array(text.utf8))
    }

    static func rows(_ filter: String, of text: [UInt8]) async throws -> String {
        let program = try JQProgram(filter)
        let rows = try await pool.read(text) { text async throws(JQError) in try await text.rows(program) }
        return String(decoding: rows.json, as: UTF8.self)
    }

    /// The error's words; nil when there is none.
    static func error(_ filter: String = ".", of text: String) async -> String? {
        do {
            _ = try await rows(filter, of: text)
            return nil
        } catch {
            return "\(error)"
        }
    }
}

struct JQRowsTests {
    @Test func `every result is a row`() async throws {
        let text = #"{"data":[{"id":1,"symbol":"A","x":[]},{"id":"2","symbol":null},{"id":true}]}"#
        let program = try JQProgram(".data[] | {id, symbol}")
        let rows = try await Filtered.read(text) { text async throws(JQError) in try await text.rows(program) }
        #expect(rows.count == 3)
        #expect(
            String(decoding: rows.json, as: UTF8.self)
                == #"{"id":1,"symbol":"A"},{"id":"2","symbol":null},{"id":true,"symbol":null}"#)
    }

    @Test func `no results are no rows`() async throws {
        let program = try JQProgram("empty")
        let rows = try await Filtered.read("{}") { text async throws(JQError) in try await text.rows(program) }
        #expect(rows == JQRows())
        #expect(try await Filtered.rows("{}", of: "[]") == "{}")
    }

    @Test(arguments: ["NaN", "nan", "-nan", "Infinity", "-Infinity"])
    func `what is no number is null, never the greatest double`(number: String) async throws {
        #expect(try await Filtered.rows("{a: .[0], b: 1}", of: "[\(number)]") == #"{"a":null,"b":1}"#)
    }

    @Test(arguments: [
        ("109232.0570596378", "109232.0570596378"), ("0.12345678901234566", "0.12345678901234566"), ("5", "5"),
        ("5.0", "5"), ("-0.5", "-0.5"), ("1.2e-9", "1.2e-09"), ("3.1477979E7", "31477979"), ("1e3", "1000"),
        ("98765432109.87654", "98765432109.87654"), ("2171187137956.7773", "2171187137956.7773"),
        ("9007199254740991", "9007199254740991"), ("1e17", "1e+17"), ("1e-12", "1e-12"),
        (#""81401.385000""#, #""81401.385000""#),
    ])
    func `numbers come out in the shortest form, and strings as they are`(number: String, text: String) async throws {
        #expect(try await Filtered.rows("{n: .}", of: number) == #"{"n":\#(text)}"#)
    }

    @Test func `a double's shortest form is the same double`() async throws {
        for number in [
            109232.0570596378, 1.2e-9, 3.1477979e7, 0.1, 1.0 / 3, .leastNonzeroMagnitude, .greatestFiniteMagnitude,
        ] {
            let rows = try await Filtered.rows("{n: .}", of: "\(number)")
            #expect(Double(rows.dropFirst(#"{"n":"#.count).dropLast()) == number)
        }
    }

    @Test(arguments: [
        (".a", #"{"a":{"b":{}}}"#, #"an object whose member "b" is an object"#),
        ("{a: []}", "1", #"an object whose member "a" is an array"#), ("[1]", "1", "array"),
        ("1", "1", "number"), ("null", "1", "null"), (#""a""#, "1", "string"), ("true", "1", "boolean"),
    ])
    func `a result that is no flat object is refused`(filter: String, text: String, kind: String) async throws {
        #expect(await Filtered.error(filter, of: text) == "the filter made \(kind), not a flat object a row")
    }

    @Test func `an error that a filter raises is told in its words`() async throws {
        #expect(await Filtered.error(".a[]", of: #"{"a":1}"#) == "Cannot iterate over number (1)")
        #expect(await Filtered.error(#"error("no " + .a)"#, of: #"{"a":"luck"}"#) == "no luck")
        #expect(await Filtered.error("error({code: 7})", of: "1") == #"{"code":7}"#)
    }

    @Test func `an error behind good rows refuses them all, and the filter may be used again`() async throws {
        let pool = JQPool(processes: 1)
        defer { pool.shutdown() }
        let program = try JQProgram(".[] | {n: (1 / .)}")
        func count(_ text: String) async throws(JQError) -> (Int, Int) {
            try await pool.read(Array(text.utf8)) { text async throws(JQError) in
                (try await text.rows(program).count, try await text.rows(program).count)
            }
        }
        await #expect(throws: JQError.self) { try await count("[1,0,2]") }
        let process = pool.processes
        #expect(try await count("[1,2]") == (2, 2))
        #expect(pool.processes == process)
    }

    @Test(arguments: [".a[", "foo", "$x", "{", ".a | ", "if . then 1"])
    func `a filter that does not compile is refused with jq's words`(source: String) async throws {
        #expect {
            try JQProgram(source)
        } throws: { error in
            "\(error)".hasPrefix("does not compile: ")
        }
    }

    @Test func `the first object's members come as texts`() async throws {
        let program = try JQProgram(#".[] | select(.e) | {message: .e, code, ok: true, none: null}"#)
        let members = try await Filtered.read(#"[{"e":null},{"e":"bad \"key\"","code":1.50},{"e":"second"}]"#) {
            text async throws(JQError) in try await text.firstObject(program)
        }
        #expect(members == ["message": #"bad "key""#, "code": "1.5", "ok": "true", "none": "null"])
        let nothing = try await Filtered.read("[]") { text async throws(JQError) in
            try await text.firstObject(program)
        }
        #expect(nothing == nil)
        let array = try JQProgram(".")
        await #expect(throws: JQError("the filter made array, not a flat object")) {
            try await Filtered.read("[]") { text async throws(JQError) in try await text.firstObject(array) }
        }
    }

    @Test(arguments: [("5", 5), ("0", 0), (#""9695""#, 9695), ("null", nil), ("empty", nil), ("7, 8", 7), ("5.0", 5)])
    func `the first count is a whole number`(filter: String, count: Int?) async throws {
        let program = try JQProgram(filter)
        let read = try await Filtered.read("1") { text async throws(JQError) in try await text.firstCount(program) }
        #expect(read == count)
    }

    @Test(arguments: ["-1", "1.5", #""x""#, "[]", "{}", "true", "1e30", "error"])
    func `what is no count is refused`(filter: String) async throws {
        let program = try JQProgram(filter)
        await #expect(throws: JQError.self) {
            try await Filtered.read("1") { text async throws(JQError) in try await text.firstCount(program) }
        }
    }
}
