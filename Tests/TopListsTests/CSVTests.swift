import Basics
import TestSupport
import Testing

@testable import TopLists

struct CSVTests {
    private static func written(_ records: [[[UInt8]]]) -> [UInt8] {
        var output: [UInt8] = []
        for record in records {
            for (index, field) in record.enumerated() {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                CSV.append(field: field, to: &output)
            }
            output += CSV.endOfLine
        }
        return output
    }

    private static func read(_ text: some Collection<UInt8>) -> [[[UInt8]]] {
        var reader = CSVReader(Array(text))
        var records: [[[UInt8]]] = []
        while let record = reader.next() { records.append(record) }
        return records
    }

    private static func texts(_ text: String) -> [[String]] {
        read(text.utf8).map { $0.map { String(decoding: $0, as: UTF8.self) } }
    }

    @Test(arguments: [
        ("BTC", "BTC"), ("", ""), (" a ", " a "), ("币安人生", "币安人生"), ("=1+1", "=1+1"), ("a,b", #""a,b""#),
        (#"a"b"#, #""a""b""#), (#"""#, #""""""#), ("a\nb", "\"a\nb\""), ("a\rb", "\"a\rb\""), ("\u{0}", "\u{0}"),
    ])
    func `a field is quoted only where it must be`(field: String, text: String) {
        #expect(Self.written([[Array(field.utf8)]]) == Array(text.utf8) + [0x0D, 0x0A])
    }

    @Test func `a header has its columns' names`() {
        var output: [UInt8] = []
        let columns = [ListColumn(name: "Rank", type: .integer), ListColumn(name: "a,b", type: .string)]
        CSV.append(header: columns.map(\.name), to: &output)
        #expect(output == Array("Rank,\"a,b\"\r\n".utf8))
    }

    @Test func `records end with CRLF, LF or the text`() {
        #expect(Self.texts("a,b\r\nc,d\ne,f") == [["a", "b"], ["c", "d"], ["e", "f"]])
        #expect(Self.texts("").isEmpty)
        #expect(Self.texts("\r\n") == [[""]])
        #expect(Self.texts("a,\r\n") == [["a", ""]])
    }

    @Test func `what is no CSV is read without a crash`() {
        #expect(Self.texts(#""a"#) == [["a"]])
        #expect(Self.texts(#""a"b,c"#) == [["ab", "c"]])
        #expect(Self.texts(#"a"b"c,d"#) == [[#"a"b"c"#, "d"]])
        #expect(Self.texts(#"""#) == [[""]])
    }

    @Test func `whatever is written is read again`() {
        var generator = SeededGenerator(seed: 1)
        let alphabet = Array("a,\"\r\n é".utf8) + [0, 0xFF]
        for _ in 0..<2000 {
            let records = (0..<Int.random(in: 0...4, using: &generator)).map { _ in
                (0..<Int.random(in: 1...4, using: &generator)).map { _ in
                    (0..<Int.random(in: 0...6, using: &generator)).compactMap { _ in
                        alphabet.randomElement(using: &generator)
                    }
                }
            }
            #expect(Self.read(Self.written(records)) == records)
        }
    }

    @Test func `any bytes are read to their end`() {
        var generator = SeededGenerator(seed: 2)
        let alphabet = Array("a,\"\r\n".utf8)
        for _ in 0..<2000 {
            let text = (0..<Int.random(in: 0...12, using: &generator)).compactMap { _ in
                alphabet.randomElement(using: &generator)
            }
            #expect(Self.read(text).isEmpty == text.isEmpty)
        }
    }
}
