import Basics
import NIOCore
import Testing
import TopLists

@testable import Archive

/// Values of the commands on archives.
@Suite struct MinuteRowsTests {
    private static let minute = Minute(containing: Timestamp(milliseconds: 1_795_251_660_000))
    private static let columns = [
        ListColumn(name: "Rank", type: .integer), ListColumn(name: "Symbol", type: .string),
    ]

    private static func text(_ format: ListFormat) throws -> String {
        var rows = MinuteRows(format, ["Rank", "Symbol", "Cap"])
        rows.append(gap: "upstream", at: minute)
        let list = Array("Rank,Symbol\r\n1,\"a,\"\"b\"\r\n2,c\r\n".utf8)
        try rows.append(list, columns, at: minute.advanced(byMinutes: 1))
        // What is taken in between is the same text.
        var text = String(buffer: rows.take())
        try rows.append(Array("Rank,Symbol\r\n".utf8), columns, at: minute.advanced(byMinutes: 2))
        try rows.append(Array("Cap\r\n1.50\r\n".utf8), [ListColumn(name: "Cap", type: .decimal)], at: minute)
        text += String(buffer: rows.finish())
        return text
    }

    @Test func `rows of lists have their minute in front, gaps have it and their code`() throws {
        let next = Self.minute.advanced(byMinutes: 1)
        #expect(
            try Self.text(.csv) == """
                Minute,Rank,Symbol,Cap,Gap\r
                \(Self.minute),,,,upstream\r
                \(next),1,"a,""b",,\r
                \(next),2,c,,\r
                \(Self.minute),,,1.50,\r

                """)
        let objects = [
            #"{"Minute":"\#(Self.minute)","Gap":"upstream"}"#,
            #"{"Minute":"\#(next)","Rank":1,"Symbol":"a,\"b","Cap":null}"#,
            #"{"Minute":"\#(next)","Rank":2,"Symbol":"c","Cap":null}"#,
            #"{"Minute":"\#(Self.minute)","Rank":null,"Symbol":null,"Cap":1.50}"#,
        ]
        #expect(try Self.text(.ndjson) == objects.map { "\($0)\n" }.joined())
        #expect(try Self.text(.json) == "[\(objects.joined(separator: ","))]\n")
    }

    @Test func `a list whose columns are others than its own is refused`() {
        var rows = MinuteRows(.csv, ["Rank"])
        #expect(throws: StoredList.Failure.headerMissing) {
            try rows.append(Array("Symbol\r\nx\r\n".utf8), Self.columns, at: Self.minute)
        }
    }

    @Test func `hours that follow each other are told as one`() {
        let hour = Self.minute.floored(to: .seconds(3600))
        let hours = [5, 0, 1, 2, 9].map { hour.advanced(byMinutes: $0 * 60) }
        #expect(
            Hours.lines(hours) == [
                "2026-11-21T09 to 2026-11-21T11 (3 hours)", "2026-11-21T14", "2026-11-21T18",
            ])
        #expect(Hours.lines([Minute]()) == [])
    }

    private static func offered(_ text: String) throws -> [String] {
        try HistoryOrigin.blocks(Array(text.utf8)).map { "\($0.name) \($0.size)" }
    }

    @Test func `a history is read for its blocks, whatever else it tells`() throws {
        let digest = String(repeating: "a", count: 64)
        func block(_ name: String, _ bytes: String = "5") -> String {
            #"{"from":[{}],"block":"\#(name)","bytes":\#(bytes),"sha256":"\#(digest)","x":null}"#
        }
        #expect(try Self.offered(#"{"blocks":[]}"#) == [])
        #expect(
            try Self.offered(
                #" {"a":{"blocks":[1]},"blocks":[\#(block("2026-11-28.tape")),\#(block("2026-11-28T13.tape", "7"))],"b":1} "#
            ) == ["2026-11-28.tape 5", "2026-11-28T13.tape 7"])
        // Names that a later build may have.
        #expect(try Self.offered(#"{"blocks":[\#(block("2026.tape"))]}"#) == [])
        for wrong in [
            "", "[]", "{}", #"{"blocks":1}"#, #"{"blocks":[1]}"#, #"{"blocks":[{}]}"#, #"{"blocks":[]"#,
            #"{"blocks":[\#(block("2026-11-28.tape", "-1"))]}"#, #"{"blocks":[\#(block("2026-11-28.tape", "1e99"))]}"#,
            #"{"blocks":[{"block":"2026-11-28.tape","bytes":1,"sha256":"short"}]}"#, #"{"blocks":[]}x"#,
        ] {
            #expect(throws: (any Error).self, "\(wrong)") { try Self.offered(wrong) }
        }
    }
}
