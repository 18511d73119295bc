import Basics
import Digests
import Foundation
import NIOCore
import TestSupport
import Testing

@testable import TopLists

struct StoredListTests {
    static let columns = [
        ListColumn(name: "Rank", type: .integer), ListColumn(name: "Symbol", type: .string),
        ListColumn(name: "Price USD", type: .decimal), ListColumn(name: "CMC ID", type: .integer),
    ]
    private static let shown = ["Rank", "Symbol", "Price USD"]
    private static let shape = ListShape(stored: columns, wanted: shown)

    /// All rows in all formats.
    private struct Rendered: Equatable {
        let csv: RenderedRows
        let json: RenderedRows
        let ndjson: RenderedRows

        init(_ lines: [String], wanted: [String] = shown) throws {
            let list = StoredListTests.list(lines, wanted: wanted)
            csv = try #require(try list.rows(as: .csv))
            json = try #require(try list.rows(as: .json))
            ndjson = try #require(try list.rows(as: .ndjson))
            #expect(csv.count == json.count && csv.count == ndjson.count)
            // The same objects, a line each.
            let (array, lines) = (json.ends.map { Int($0) }, ndjson.ends.map { Int($0) })
            for row in 0..<count {
                let object = json.bytes.getString(at: array[row], length: array[row + 1] - array[row])
                let line = ndjson.bytes.getString(at: lines[row], length: lines[row + 1] - lines[row])
                #expect(line == object.map { $0.drop { $0 == "," } + "\n" })
            }
        }

        var count: Int { csv.count }

        func csv(first limit: Int = .max) -> String { Self.text(csv, limit) }

        func json(first limit: Int = .max) -> String { Self.text(json, limit) + "]" }

        private static func text(_ rows: RenderedRows, _ limit: Int) -> String {
            rows.bytes.getString(at: 0, length: Int(rows.ends[min(limit, rows.count)])) ?? ""
        }

        static func == (one: Rendered, other: Rendered) -> Bool {
            one.csv.bytes == other.csv.bytes && one.json.bytes == other.json.bytes && one.csv.ends == other.csv.ends
                && one.json.ends == other.json.ends && one.ndjson.bytes == other.ndjson.bytes
                && one.ndjson.ends == other.ndjson.ends
        }
    }

    private static func list(_ lines: [String], wanted: [String] = shown) -> StoredList {
        StoredList(text(lines), ListShape(stored: columns, wanted: wanted))
    }

    private static func text(_ lines: [String]) -> [UInt8] {
        Array((["Rank,Symbol,Price USD,CMC ID"] + lines).map { $0 + "\r\n" }.joined().utf8)
    }

    private static let three = ["1,BTC,6634.41,1", "2,ETH,0.10,1027", "3,USDT,1,825"]

    @Test func `text that is not UTF-8 is refused, in rows that are asked for`() throws {
        for bytes: [UInt8] in [
            [0xFF], [0xC3], [0xC3, 0x28], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xC0, 0xAF],
        ] {
            for plain in [true, false] {
                var text = Self.text(["1,BTC,6634.41,1", "2,\(plain ? "" : "\"")x"]).dropLast(2)
                text += bytes + Array("\(plain ? "" : "\""),1,2\r\n3,ETH,1,1027\r\n".utf8)
                let list = StoredList(Array(text), Self.shape)
                for format in ListFormat.allCases {
                    #expect(throws: StoredList.Failure.notUTF8, "\(bytes)") { try list.rows(as: format) }
                    #expect(throws: StoredList.Failure.notUTF8) { try list.rows(first: 2, as: format) }
                    #expect(try list.rows(first: 1, as: format)?.count == 1)
                }
            }
        }
        let good = try Rendered(["1,Ñ€𝄞\u{10FFFF},1,1"])
        #expect(good.csv().contains("Ñ€𝄞\u{10FFFF}"))
    }

    @Test func `a list is rendered as CSV and JSON with the same digits`() throws {
        let list = try Rendered(Self.three)
        #expect(list.count == 3)
        #expect(list.csv() == "Rank,Symbol,Price USD\r\n1,BTC,6634.41\r\n2,ETH,0.10\r\n3,USDT,1\r\n")
        #expect(
            list.json() == #"[{"Rank":1,"Symbol":"BTC","Price USD":6634.41},"#
                + #"{"Rank":2,"Symbol":"ETH","Price USD":0.10},{"Rank":3,"Symbol":"USDT","Price USD":1}]"#)
    }

    @Test(arguments: [0, 1, 2, 3, 4, .max])
    func `the first rows are what a list of only those would be`(limit: Int) throws {
        let list = try Rendered(Self.three)
        let short = try Rendered(Array(Self.three.prefix(limit)))
        #expect(list.csv(first: limit) == short.csv())
        #expect(list.json(first: limit) == short.json())
    }

    /// Entity tags hold `StoredList.rendering`: whoever changes what is rendered must change that number, and then this.
    @Test func `what is rendered belongs to the number of the rendering`() throws {
        let list = try Rendered(
            [
                "1,BTC,6634.41,1", "2,\"a,\"\"b\"\"\",1e-3,2", "x,\\\u{1}\u{7F}\n,NaN,3".replacing("\n", with: "币"),
                "4,,0.0,4",
            ], wanted: Self.shown + ["Name"])
        #expect(StoredList.rendering == 3)
        #expect(
            Digest.sha256(Array(list.csv.bytes.readableBytesView), Array(list.json.bytes.readableBytesView))
                == "c23e356d48332bcea83fa4e417ec1950079c3014e5acd9631e7753f59ebb43f6")
    }

    @Test(arguments: ListFormat.allCases)
    func `of a list's beginning the rows are rendered that are surely whole, or none`(format: ListFormat) throws {
        let lines = ["1,BTC,6634.41,1", "2,\"a\r\nb\",0.10,1027", "3,USDT,1,825", "4,\"\",5,6", "5,x,6,7"]
        let text = Self.text(lines)
        for count in 1...lines.count {
            let expected = try #require(try Self.list(Array(lines.prefix(count))).rows(as: format))
            for length in 0...text.count {
                let list = StoredList(Array(text[..<length]), isWhole: false, Self.shape)
                let rows = try list.rows(first: count, as: format)
                // What comes behind a row's end shows that it is one.
                let needed = Self.text(Array(lines.prefix(count))).count
                #expect((rows != nil) == (length >= needed + 1 || length == needed && !lines[count - 1].contains("\"")))
                if let rows { #expect(rows.bytes == expected.bytes && rows.ends == expected.ends) }
            }
        }
    }

    @Test func `quotes that need not be there change nothing`() throws {
        var generator = SeededGenerator(seed: 5)
        let symbols = ["BTC", "", "é", "a b", "\\", "\u{1}", "\u{7F}", "币", "=1", "a,b", "a\"b", "a\r\nb"]
        let numbers = ["1", "0", "0.10", "00", "-0", "1e3", "1.5", "", "x", ".5", "5.", "1.2.3", "-1", "0.000", "1E-9"]
        for _ in 0..<500 {
            let rows = (0..<Int.random(in: 0...5, using: &generator)).map { _ in
                [numbers, symbols, numbers, numbers].map { $0.randomElement(using: &generator) ?? "" }
            }
            func lines(quoting isAlways: Bool) -> [String] {
                rows.map { row in
                    row.map { field in
                        let isNeeded = field.contains { ",\"\r\n".contains($0) || $0 == "\r\n" }
                        return isAlways || isNeeded ? "\"\(field.replacing("\"", with: "\"\""))\"" : field
                    }.joined(separator: ",")
                }
            }
            let titles = Self.columns.map(\.name) + ["Name"]
            let wanted = (0...Int.random(in: 0...5, using: &generator)).map { _ in
                titles.randomElement(using: &generator) ?? ""
            }
            let plain = try Rendered(lines(quoting: false), wanted: wanted)
            let quoted = try Rendered(lines(quoting: true), wanted: wanted)
            #expect(plain == quoted && plain.count == rows.count)
        }
    }

    /// What is special, in fields and behind them, stands at every place of what is looked at together.
    @Test(arguments: ["", "x", "\u{1}", "\\", "é", "\u{7F}"])
    func `fields of any length are rendered alike with and without quotes`(special: String) throws {
        for length in 0...140 {
            let (long, digits) = (String(repeating: "s", count: length), String(repeating: "7", count: length + 1))
            let rows = [
                ["1", long + special, "5", "6"], ["2", special + long, digits, digits],
                ["3", special, "0." + digits, "0" + digits], ["4", "", digits + ".5", digits + "."],
                [digits, "b", "0.\(digits).1", "0"], ["6", long, "x", "7"],
            ]
            let plain = try Rendered(rows.map { $0.joined(separator: ",") })
            let quoted = try Rendered(rows.map { $0.map { "\"\($0)\"" }.joined(separator: ",") })
            #expect(plain == quoted && plain.count == rows.count)
        }
    }

    @Test func `an empty list is a header and an empty array`() throws {
        let list = try Rendered([])
        #expect(list.count == 0)
        #expect(list.csv() == "Rank,Symbol,Price USD\r\n")
        #expect(list.json() == "[]")
    }

    @Test func `columns come out as they are wanted`() throws {
        let list = try Rendered(["1,BTC,5,7"], wanted: ["CMC ID", "Symbol"])
        #expect(list.csv() == "CMC ID,Symbol\r\n7,BTC\r\n")
        #expect(list.json() == #"[{"CMC ID":7,"Symbol":"BTC"}]"#)
    }

    @Test func `a wanted column that is not stored is empty, and null in JSON`() throws {
        let list = try Rendered(["1,BTC,5,7"], wanted: ["Rank", "Name", "Symbol"])
        #expect(list.csv() == "Rank,Name,Symbol\r\n1,,BTC\r\n")
        #expect(list.json() == #"[{"Rank":1,"Name":null,"Symbol":"BTC"}]"#)
    }

    @Test(arguments: ["", "NaN", "x", "1,5", "+1", "01", ".5", "٣", "null", "1 "])
    func `what should be a number and is none is empty, and null in JSON`(text: String) throws {
        let list = try Rendered(["1,BTC,\"\(text)\",7"])
        #expect(list.csv() == "Rank,Symbol,Price USD\r\n1,BTC,\r\n")
        #expect(list.json() == #"[{"Rank":1,"Symbol":"BTC","Price USD":null}]"#)
    }

    @Test(arguments: [
        "BTC", "", #"$A,"B""#, "a\nb", "a\r\nb", "=HYPERLINK(\"x\")", "币安人生", "😀", "\u{202E}abc", "back\\slash",
        "\u{1}\t", "null", "1", "\u{7F}",
    ])
    func `a symbol comes out of CSV and JSON as it went in`(symbol: String) throws {
        let list = try Rendered(["1,\"\(symbol.replacing("\"", with: "\"\""))\",5,7"])
        var reader = CSVReader(Array(list.csv.bytes.readableBytesView))
        _ = reader.next()
        #expect(reader.next()?.map { String(decoding: $0, as: UTF8.self) } == ["1", symbol, "5"])
        let rows = try JSONSerialization.jsonObject(with: Data(list.json().utf8)) as? [[String: Any]]
        #expect(rows?.count == 1)
        #expect(rows?.first?["Symbol"] as? String == symbol)
        #expect(rows?.first?["Rank"] as? Int == 1)
        #expect(rows?.first?["Price USD"] as? Double == 5)
    }

    @Test(arguments: ["\"Rank\",Symbol,Price USD,CMC ID\r\n", "Rank,Symbol,Price USD,CMC ID\n"])
    func `a header is one however it is written`(header: String) throws {
        let text = Array((header + "1,BTC,5,7\r\n").utf8)
        #expect(try StoredList(text, Self.shape).rows(as: .csv)?.bytes == Rendered(["1,BTC,5,7"]).csv.bytes)
        let beginning = StoredList(Array(header.utf8), isWhole: false, Self.shape)
        #expect(try beginning.rows(first: 1, as: .csv) == nil)
    }

    @Test func `a stored text without its header is refused`() {
        for text in ["", "Rank,Symbol\r\n", "a,b,c,d,e\r\n"] {
            #expect(throws: StoredList.Failure.headerMissing) {
                try StoredList(Array(text.utf8), Self.shape).rows(as: .csv)
            }
        }
    }

    @Test func `a list without columns has no rows`() throws {
        let shape = ListShape(stored: [], wanted: Self.shown)
        #expect(try StoredList(Array("\r\n".utf8), shape).rows(as: .csv)?.count == 0)
        for row in ["1", "", "\n"] {
            #expect(throws: StoredList.Failure.rowMalformed(line: 2)) {
                try StoredList(Array("\r\n\(row)\r\n".utf8), shape).rows(as: .json)
            }
        }
    }

    @Test func `a stored row with too many or too few fields is refused by its line`() {
        for line in ["2,ETH,5", "2,ETH,5,6,7", ""] {
            #expect(throws: StoredList.Failure.rowMalformed(line: 3)) {
                try Rendered(["1,BTC,5,7", line, "3,USDT,1,825"])
            }
        }
    }
}
