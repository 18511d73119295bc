import Basics
import Foundation
import TestSupport
import Testing

@testable import TopLists

struct RenderedListTests {
    static let columns = [
        ListColumn(name: "Rank", type: .integer), ListColumn(name: "Symbol", type: .string),
        ListColumn(name: "Price USD", type: .decimal), ListColumn(name: "CMC ID", type: .integer),
    ]
    private static let shown = ["Rank", "Symbol", "Price USD"]

    private static func rendered(_ lines: [String], wanted: [String] = shown) throws -> RenderedList {
        let stored = (["Rank,Symbol,Price USD,CMC ID"] + lines).map { $0 + "\r\n" }.joined()
        return try RenderedList(
            minute: Minute(containing: Timestamp(milliseconds: 0)), stored: Array(stored.utf8), columns: columns,
            wanted: wanted)
    }

    private static func csv(_ list: RenderedList, first limit: Int = .max) -> String {
        String(decoding: list.csv[..<list.csvEnds[min(limit, list.count)]], as: UTF8.self)
    }

    private static func json(_ list: RenderedList, first limit: Int = .max) -> String {
        String(decoding: list.json[..<list.jsonEnds[min(limit, list.count)]], as: UTF8.self) + "]"
    }

    private static let three = ["1,BTC,6634.41,1", "2,ETH,0.10,1027", "3,USDT,1,825"]

    @Test func `a list is rendered as CSV and JSON with the same digits`() throws {
        let list = try Self.rendered(Self.three)
        #expect(list.count == 3)
        #expect(Self.csv(list) == "Rank,Symbol,Price USD\r\n1,BTC,6634.41\r\n2,ETH,0.10\r\n3,USDT,1\r\n")
        #expect(
            Self.json(list) == #"[{"Rank":1,"Symbol":"BTC","Price USD":6634.41},"#
                + #"{"Rank":2,"Symbol":"ETH","Price USD":0.10},{"Rank":3,"Symbol":"USDT","Price USD":1}]"#)
    }

    @Test(arguments: [0, 1, 2, 3, 4, .max])
    func `the first rows are what a list of only those would be`(limit: Int) throws {
        let list = try Self.rendered(Self.three)
        let short = try Self.rendered(Array(Self.three.prefix(limit)))
        #expect(Self.csv(list, first: limit) == Self.csv(short))
        #expect(Self.json(list, first: limit) == Self.json(short))
    }

    @Test func `the digest is the list's own: of its minute, its rows and the columns that are served`() throws {
        let list = try Self.rendered(Self.three)
        #expect(list.digest.wholeMatch(of: /[0-9a-f]{32}/) != nil)
        #expect(try Self.rendered(Self.three).digest == list.digest)
        let others = [
            try Self.rendered(Array(Self.three.dropLast())),
            try Self.rendered(Self.three.dropLast() + ["3,USDT,1.0,825"]),
            try Self.rendered(Self.three, wanted: ["Rank", "Symbol"]),
            try RenderedList(
                minute: list.minute.advanced(byMinutes: 1),
                stored: Array((["Rank,Symbol,Price USD,CMC ID"] + Self.three).map { $0 + "\r\n" }.joined().utf8),
                columns: Self.columns, wanted: Self.shown),
        ]
        #expect(Set(others.map(\.digest) + [list.digest]).count == 5)
        // A column that is not served does not matter.
        #expect(try Self.rendered(Self.three.map { $0 + "7" }).digest == list.digest)
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
            let (plain, quoted) = (try Self.rendered(lines(quoting: false)), try Self.rendered(lines(quoting: true)))
            #expect(plain.csv == quoted.csv && plain.json == quoted.json)
            #expect(plain.csvEnds == quoted.csvEnds && plain.jsonEnds == quoted.jsonEnds)
            #expect(plain.digest == quoted.digest && plain.count == rows.count)
        }
    }

    @Test func `an empty list is a header and an empty array`() throws {
        let list = try Self.rendered([])
        #expect(list.count == 0)
        #expect(Self.csv(list) == "Rank,Symbol,Price USD\r\n")
        #expect(Self.json(list) == "[]")
    }

    @Test func `columns come out as they are wanted`() throws {
        let list = try Self.rendered(["1,BTC,5,7"], wanted: ["CMC ID", "Symbol"])
        #expect(Self.csv(list) == "CMC ID,Symbol\r\n7,BTC\r\n")
        #expect(Self.json(list) == #"[{"CMC ID":7,"Symbol":"BTC"}]"#)
    }

    @Test func `a wanted column that is not stored is empty, and null in JSON`() throws {
        let list = try Self.rendered(["1,BTC,5,7"], wanted: ["Rank", "Name", "Symbol"])
        #expect(Self.csv(list) == "Rank,Name,Symbol\r\n1,,BTC\r\n")
        #expect(Self.json(list) == #"[{"Rank":1,"Name":null,"Symbol":"BTC"}]"#)
    }

    @Test(arguments: ["", "NaN", "x", "1,5", "+1", "01", ".5", "٣", "null", "1 "])
    func `what should be a number and is none is empty, and null in JSON`(text: String) throws {
        let list = try Self.rendered(["1,BTC,\"\(text)\",7"])
        #expect(Self.csv(list) == "Rank,Symbol,Price USD\r\n1,BTC,\r\n")
        #expect(Self.json(list) == #"[{"Rank":1,"Symbol":"BTC","Price USD":null}]"#)
    }

    @Test(arguments: [
        "BTC", "", #"$A,"B""#, "a\nb", "a\r\nb", "=HYPERLINK(\"x\")", "币安人生", "😀", "\u{202E}abc", "back\\slash",
        "\u{1}\t", "null", "1", "\u{7F}",
    ])
    func `a symbol comes out of CSV and JSON as it went in`(symbol: String) throws {
        let list = try Self.rendered(["1,\"\(symbol.replacing("\"", with: "\"\""))\",5,7"])
        var reader = CSVReader(Array(list.csv[..<list.csvEnds[1]]))
        _ = reader.next()
        #expect(reader.next()?.map { String(decoding: $0, as: UTF8.self) } == ["1", symbol, "5"])
        let rows = try JSONSerialization.jsonObject(with: Data(Self.json(list).utf8)) as? [[String: Any]]
        #expect(rows?.count == 1)
        #expect(rows?.first?["Symbol"] as? String == symbol)
        #expect(rows?.first?["Rank"] as? Int == 1)
        #expect(rows?.first?["Price USD"] as? Double == 5)
    }

    @Test func `a stored text without its header is refused`() {
        for text in ["", "Rank,Symbol\r\n", "a,b,c,d,e\r\n"] {
            #expect(throws: RenderedList.Failure.headerMissing) {
                try RenderedList(
                    minute: Minute(containing: Timestamp(milliseconds: 0)), stored: Array(text.utf8),
                    columns: Self.columns, wanted: Self.shown)
            }
        }
    }

    @Test func `a stored row with too many or too few fields is refused by its line`() {
        for line in ["2,ETH,5", "2,ETH,5,6,7", ""] {
            #expect(throws: RenderedList.Failure.rowMalformed(line: 3)) {
                try Self.rendered(["1,BTC,5,7", line, "3,USDT,1,825"])
            }
        }
    }
}
