import Basics
import Foundation
import TestSupport
import Testing

struct PlainDecimalTests {
    @Test(arguments: [
        ("0", "0"), ("5", "5"), ("-5", "-5"), ("1.50", "1.50"), ("10", "10"), ("0.10", "0.10"), ("0.00", "0.00"),
        ("109232.0570596378", "109232.0570596378"), ("0.12345678901234567", "0.12345678901234567"),
        ("123456789012345678901234567890.5", "123456789012345678901234567890.5"),
    ])
    func `digits without an exponent stay as they are`(token: String, plain: String) {
        #expect(PlainDecimal.text(token.utf8) == plain)
    }

    @Test(arguments: [
        ("1.2e-9", "0.0000000012"), ("1.2e-09", "0.0000000012"), ("1.2E-9", "0.0000000012"), ("1e-1", "0.1"),
        ("12e-1", "1.2"), ("12e-2", "0.12"), ("3.1477979E7", "31477979"), ("3.1477979e+7", "31477979"),
        ("3.14e1", "31.4"), ("1e2", "100"), ("1e0", "1"), ("1.50e1", "15.0"), ("0.05e1", "0.5"), ("0.05e3", "50"),
        ("-1.5e-3", "-0.0015"), ("-2e3", "-2000"), ("1e0000000000000000000000002", "100"),
        ("1.2345678901234567e-5", "0.000012345678901234567"),
    ])
    func `an exponent is written out`(token: String, plain: String) {
        #expect(PlainDecimal.text(token.utf8) == plain)
    }

    @Test(arguments: [
        ("-0", "0"), ("-0.00", "0.00"), ("0e5", "0"), ("0.000e5", "0"), ("-0e-5", "0"), ("0e400", "0"),
    ])
    func `zero has no sign and no exponent`(token: String, plain: String) {
        #expect(PlainDecimal.text(token.utf8) == plain)
    }

    @Test(arguments: [
        "", " ", "-", "+1", "01", "-01", "00", ".5", "5.", "5.e1", "1e", "1e+", "1e1.5", "1e1x", "1.2.3", "1 ", " 1",
        "1,5", "1_000", "0x10", "NaN", "nan", "Infinity", "-Infinity", "inf", "null", "x", "--1", "1-", "٣", "1٣", "１",
        "1\u{0}",
    ])
    func `anything else is no number and writes nothing`(token: String) {
        var output: [UInt8] = [7]
        #expect(!PlainDecimal.append(token.utf8, to: &output))
        #expect(output == [7])
    }

    @Test func `an exponent of more than 400 is taken for garbage`() throws {
        #expect(PlainDecimal.text("1e401".utf8) == nil)
        #expect(PlainDecimal.text("1e-401".utf8) == nil)
        #expect(PlainDecimal.text("1e99999999999999999999999".utf8) == nil)
        #expect(PlainDecimal.text("1e400".utf8) == "1" + String(repeating: "0", count: 400))
        #expect(PlainDecimal.text("1e-400".utf8) == "0." + String(repeating: "0", count: 399) + "1")
    }

    @Test func `what is taken over as it is comes out as what is taken apart`() {
        var generator = SeededGenerator(seed: 2)
        let alphabet = Array("0123456789..-+eE x".utf8)
        var numbers = 0
        for _ in 0..<50_000 {
            let token = (0..<Int.random(in: 0...5, using: &generator)).compactMap { _ in
                alphabet.randomElement(using: &generator)
            }
            var (taken, apart): ([UInt8], [UInt8]) = ([7], [7])
            let isNumber = PlainDecimal.append(token[...], to: &taken)
            #expect(isNumber == PlainDecimal.append(AnyCollection(token), to: &apart))
            #expect(taken == apart)
            if isNumber { numbers += 1 }
        }
        #expect(numbers > 1_000)
    }

    @Test func `any double is the same number when it is written out`() throws {
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<20_000 {
            let number = Double(bitPattern: generator.next())
            guard number.isFinite else { continue }
            let plain = try #require(PlainDecimal.text("\(number)".utf8))
            try #require(Double(plain) == number)
            try #require(!plain.contains("e"))
        }
    }
}
