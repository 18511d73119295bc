import Testing

@testable import JQ

/// Numbers that doubles cannot hold come out of filters as they were sent.
struct ExactNumbersTests {
    @Test(arguments: [
        "9007199254740993", "12345678901234567890", "4.2244000000000002", "-9007199254740993", "0.12345678901234567",
        "1e999", "-1e999", "1e-400", "10000000000000000001", "1.0000000000000000001", "1.7976931348623157e+308",
        "1.7976931348623158e308",
        "123456789012345678901234567890.123456789012345678901234567890", "0.1000000000000000055511151231257827",
        "5e-324", "4.9e-324", "2.2250738585072011e-308",
    ])
    func `a number comes out as it was sent`(number: String) async throws {
        #expect(try await Filtered.rows("{n: .[0]}", of: "[\(number)]") == #"{"n":\#(number)}"#)
        #expect(try await Filtered.rows(".", of: #"{"n":\#(number),"m":1.5}"#) == #"{"n":\#(number),"m":1.5}"#)
    }

    @Test func `numbers with the same double stay apart`() async throws {
        let numbers = [
            "9007199254740992", "9007199254740993", "9007199254740994", "9007199254740995", "0.1",
            "0.1000000000000000055511151231257827", "0.10000000000000001", "1e-400", "0", "0.0", "5e-324", "1e400",
            "1e401", "1e402", "1e1000001", "1e2000000",
        ]
        let document = "[\(numbers.joined(separator: ","))]"
        let rows = try await Filtered.rows(".[] | {n: .}", of: document)
        let expected = numbers.map { $0 == "0.0" ? "0" : $0 }
        #expect(rows == expected.map { #"{"n":\#($0)}"# }.joined(separator: ","))
        #expect(try await Filtered.rows("{count: (unique | length)}", of: document) == #"{"count":15}"#)
        let backwards = "[\(numbers.reversed().joined(separator: ","))]"
        #expect(try await Filtered.rows("{count: (unique | length)}", of: backwards) == #"{"count":15}"#)
    }

    @Test func `a number that is sent twice is one number, however it is written`() async throws {
        let document = "[9007199254740993,9007199254740993.0,9.007199254740993e15,90071992547409930e-1]"
        #expect(try await Filtered.rows("unique[] | {n: .}", of: document) == #"{"n":9007199254740993}"#)
    }

    @Test(arguments: ["[9007199254740993,9007199254740992]", "[9007199254740992,9007199254740993]"])
    func `a number beside one that a double states takes nothing from it`(document: String) async throws {
        #expect(
            try await Filtered.rows("sort | {a: .[0], b: .[1]}", of: document)
                == #"{"a":9007199254740992,"b":9007199254740993}"#)
        #expect(
            try await Filtered.rows(".[] | select(. == 9007199254740992) | {n: .}", of: document)
                == #"{"n":9007199254740992}"#)
    }

    @Test func `a text with other digits of the same double is a text`() async throws {
        let document = #"{"price":85897.951234567891,"text":"85897.951234567891234"}"#
        #expect(try await Filtered.rows("{price, text}", of: document) == document)
    }

    @Test func `numbers keep their order`() async throws {
        let document = "[9007199254740995,9007199254740993,9007199254740994]"
        #expect(
            try await Filtered.rows("{s: (sort | map(tostring) | join(\" \"))}", of: document)
                == #"{"s":"9007199254740993 9007199254740994 9007199254740995"}"#)
    }

    @Test(arguments: [
        (#"{s: (.id | tostring)}"#, #"{"s":"9007199254740993"}"#),
        (#"{s: "coin-\(.id)-\(.id)."}"#, #"{"s":"coin-9007199254740993-9007199254740993."}"#),
        (#"{s: ([.id] | @csv)}"#, #"{"s":"9007199254740993"}"#),
        (#"{s: (.id | tojson)}"#, #"{"s":"9007199254740993"}"#),
        (#"{s: "-\(.id)"}"#, #"{"s":"-9007199254740993"}"#),
    ])
    func `a text that a filter makes of a number has the number as it was sent`(filter: String, row: String)
        async throws
    {
        #expect(try await Filtered.rows(filter, of: #"{"id":9007199254740993}"#) == row)
    }

    @Test func `ids that the page also has as texts are both as they were sent`() async throws {
        let rows = (0..<300).map {
            #"{"id":\#(1_234_567_890_123_456_700 + $0),"id_str":"\#(1_234_567_890_123_456_700 + $0)"}"#
        }
        let document = "[\(rows.joined(separator: ","))]"
        #expect(try await Filtered.rows(".[]", of: document) == rows.joined(separator: ","))
        #expect(
            try await Filtered.rows(".[299] | {s: (.id | tostring)}", of: document) == #"{"s":"1234567890123456999"}"#)
    }

    @Test func `thousands of ids that are next to each other stay apart`() async throws {
        let ids = (0..<5000).map { "\(1_234_567_890_123_456_789 + $0)" }.shuffled()
        let document = "[\(ids.joined(separator: ","))]"
        #expect(
            try await Filtered.rows(".[] | {id: .}", of: document)
                == ids.map { #"{"id":\#($0)}"# }.joined(separator: ","))
        #expect(try await Filtered.rows("{n: (unique | length)}", of: document) == #"{"n":5000}"#)
    }

    @Test func `a long number keeps its place beside a short one`() async throws {
        let document =
            #"[{"n":"a","pct":99.99999999999999999},{"n":"b","pct":50},{"n":"c","pct":100.0000000000000000001}]"#
        #expect(
            try await Filtered.rows(".[] | select(.pct <= 100) | {n}", of: document) == #"{"n":"a"},{"n":"b"}"#)
    }

    @Test func `digits of an escape are no part of a number`() async throws {
        let document = #"[{"id":9007199254740993,"note":"\u21169007199254740992"}]"#
        #expect(try await Filtered.rows(".[] | {note}", of: document) == #"{"note":"№9007199254740992"}"#)
    }

    @Test func `texts of the page are never changed`() async throws {
        let document =
            #"{"id":4.2244000000000002,"a":"9007199254740993","b":"0x12345678901234567890abc","c":"1.10000000000000001"}"#
        #expect(try await Filtered.rows(".", of: document) == document)
    }

    @Test func `counts and first texts are as exact as rows`() async throws {
        let program = try JQProgram(".next")
        let text = try await Filtered.read(#"{"next":12345678901234567890}"#) { text async throws(JQError) in
            try await text.firstText(program)
        }
        #expect(text == "12345678901234567890")
        let members = try await Filtered.read(#"{"next":{"code":12345678901234567890}}"#) {
            text async throws(JQError) in
            try await text.firstObject(program)
        }
        #expect(members == ["code": "12345678901234567890"])
    }

    @Test func `what filters reckon is as exact as doubles are`() async throws {
        #expect(try await Filtered.rows("{n: (.[0] + .[1])}", of: "[0.1,0.2]") == #"{"n":0.30000000000000004}"#)
        #expect(try await Filtered.rows("{n: (.[0] * 2)}", of: "[4.2244000000000002]") == #"{"n":8.448800000000002}"#)
    }

    @Test(arguments: ["00012345678901234567", ".12345678901234567", "1.2.3.4.5.6.7.8.9.10.11"])
    func `what is no number of JSON is refused, and not read as another one`(number: String) async throws {
        #expect(await Filtered.error("{}", of: "[\(number)]") == "not one whole JSON value: malformed number")
    }

    @Test func `a number of absurd length is refused, a text of that length is not`() async throws {
        let digits = String(repeating: "7", count: 100_000)
        #expect(
            await Filtered.error("{}", of: "[\(digits)]")
                == "not one whole JSON value: a number of more than 1000 characters")
        #expect(try await Filtered.rows("{n: (.[0] | length)}", of: "[\"\(digits)\"]") == #"{"n":100000}"#)
    }

    @Test func `however a text is cut into pieces, its numbers are whole`() throws {
        let document = Array(
            #"{"a":9007199254740993,"b":"x 9007199254740993","c":[-4.2244000000000002e-10,1],"d":"\"1"}"#.utf8)
        func read(_ pieces: [ArraySlice<UInt8>]) throws -> String {
            let parser = JVParser()
            for piece in pieces { parser.feed(Array(piece)) }
            let value = try parser.end()
            return JV.takeText(value, parser.numbers, atMost: 1000)
        }
        let whole = try read([document[...]])
        #expect(whole == String(decoding: document, as: UTF8.self))
        for cut in document.indices { #expect(try read([document[..<cut], document[cut...]]) == whole) }
        #expect(try read(document.indices.map { document[$0...$0] }) == whole)
    }

    @Test func `random numbers come out as they were sent`() async throws {
        var generator = SystemRandomNumberGenerator()
        var numbers: [String] = []
        for _ in 0..<2000 {
            let digits = (0..<Int.random(in: 1...25, using: &generator)).map { _ in
                Int.random(in: 0...9, using: &generator)
            }
            let whole = digits.map(String.init).joined()
            let trimmed = String(whole.drop { $0 == "0" })
            // A zero at the end might not be written again.
            guard trimmed.count > 17, !trimmed.hasSuffix("0") else { continue }
            numbers.append(Bool.random(using: &generator) ? trimmed : "0." + trimmed)
            // A neighbour that has the same double.
            numbers.append(
                String(numbers[numbers.count - 1].dropLast()) + "\(Int.random(in: 1...9, using: &generator))")
        }
        let rows = try await Filtered.rows(".[] | {n: .}", of: "[\(numbers.joined(separator: ","))]")
        let found = rows.split(separator: "},{").map { $0.filter { "0123456789.e+-".contains($0) } }
        let wrong = zip(numbers, found).filter { $0 != $1 }
        #expect(wrong.isEmpty && found.count == numbers.count)
    }
}
