import Foundation
import Testing

@testable import Blocks

/// Decimals with fewer digits, and lists of them.
@Suite struct SignificantDigitsTests {
    @Test(arguments: [
        ("102124.15516260578", "102124.155"), ("0.00012345678951", "0.00012345679"), ("99999.99996", "100000"),
        ("9.99999999951", "10"), ("123456789512", "123456790000"), ("999999999999", "1000000000000"),
        ("-1.0000000051", "-1.00000001"), ("1.00000000049", "1"), ("0.99999999951", "1"), ("0.099999999951", "0.1"),
        ("1234567.800000000", "1234567.8"), ("-0.5000000000", "-0.5"),
    ])
    func `nine digits stay, rounded half up`(text: String, wanted: String) {
        let rounded = SignificantDigits(9).rounded(Array(text.utf8))
        #expect(rounded.map { String(decoding: $0, as: UTF8.self) } == wanted)
        // What was rounded once stays.
        #expect(rounded.map { SignificantDigits(9).rounded($0) ?? $0 } == rounded)
    }

    @Test(arguments: [
        "", "-", ".", "1.", ".5", "1.2.3", "12e30000000000", "\"1,234567890123\"", "0", "0.000000000000", "123456789",
        "1.50", "-0.00000123456789", "1234567890a",
    ])
    func `what has no more digits, or is no plain decimal, stays byte for byte`(text: String) {
        #expect(SignificantDigits(9).rounded(Array(text.utf8)) == nil)
    }

    @Test func `drawn numbers come as near as their digits allow`() throws {
        for _ in 0..<20_000 {
            let text = (Double.random(in: -1...1) * pow(10, Double.random(in: -6...12))).formatted(
                .number.precision(.fractionLength(0...17)).grouping(.never).locale(Locale(identifier: "en_US_POSIX")))
            let count = Int.random(in: 4...15)
            guard let rounded = SignificantDigits(count).rounded(Array(text.utf8)) else { continue }
            let short = String(decoding: rounded, as: UTF8.self)
            let (exact, near) = (try #require(Decimal(string: text)), try #require(Decimal(string: short)))
            let difference = abs((exact - near) / exact)
            #expect(difference <= Decimal(sign: .plus, exponent: 1 - count, significand: 1), "\(text) \(short)")
            #expect(short.count <= max(text.count, short.prefix { $0 != "." }.count))
        }
    }

    @Test func `a list keeps all but its decimals' last digits, and tells of it`() {
        let columns =
            #"[{"name":"Rank","type":"integer"},{"name":"Symbol","type":"string"},{"name":"Price USD","type":"decimal"}]"#
        let text = "Rank,Symbol,Price USD\r\n1234567890123,\"1.2345678901,\"\"\",1.23456789012\r\n2,,\r\n"
        let list = BlockList(
            csv: Array(text.utf8), columns: Array(columns.utf8), count: 2,
            fields: [.init(name: "matched", value: [0x32])])
        let reduced = SignificantDigits(9).reduced(list)
        #expect(String(decoding: reduced.csv, as: UTF8.self) == text.replacing(",1.23456789012", with: ",1.23456789"))
        #expect(reduced.fields.map(\.name) == ["matched", "digits"] && reduced.fields[1].value == Array("9".utf8))
        #expect(SignificantDigits(9).reduced(reduced) == reduced)
        // One that cannot be taken apart.
        let raw = BlockList(csv: Array("x".utf8), columns: Array(columns.utf8), count: 1, fields: [])
        #expect(SignificantDigits(9).reduced(raw).csv == raw.csv)
    }
}
