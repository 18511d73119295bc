import Foundation
import Testing

@testable import Blocks

/// Doubles and their shortest decimals, beside what Swift's description says.
@Suite struct NumberTextTests {
    @Test func `a double is written as Swift describes it, without an exponent`() {
        var random = SeededGenerator(state: 1)
        for round in 0..<50_000 {
            let exponent = UInt64(1023 - 75 + round % 140)
            let fraction = random.next() >> 12
            // Now and then one at the edge of an exponent, where the doubles below are nearer.
            let bits = exponent << 52 | (round % 7 == 0 ? fraction & 3 : fraction)
            expectDescription(Double(bitPattern: bits))
        }
    }

    @Test func `doubles of few digits, powers, and the ends of what is written fast come out likewise`() {
        for digits in 1...500 {
            for places in 0...24 { expectDescription(Double("\(digits)e-\(places)") ?? .nan) }
        }
        for exponent in -1074...1023 {
            let power = Double(sign: .plus, exponent: exponent, significand: 1)
            for value in [power, power.nextUp, power.nextDown] { expectDescription(value) }
        }
        for value in [0, .leastNonzeroMagnitude, 1e22, 4.35, 0.1 + 0.2, .greatestFiniteMagnitude] {
            expectDescription(value)
        }
    }

    @Test func `only the text that a double is written as is taken for it`() {
        var random = SeededGenerator(state: 2)
        for _ in 0..<5_000 {
            let value = Double.random(in: 1e-9...1e6, using: &random)
            let text = plain(value)
            #expect(taken(text) == value)
            // One digit more is read as the same double, or as its neighbour, and is no shortest text of either.
            #expect(taken(text + "1") == nil || plain(taken(text + "1") ?? 0) == text + "1")
            #expect(taken(text + "0") == nil)
        }
    }

    private func taken(_ text: String) -> Double? {
        Array(text.utf8).withUnsafeBytes { PlainDouble.value($0, PlainNumber($0)) }
    }

    private func plain(_ value: Double) -> String {
        var text: [UInt8] = []
        PlainDouble.append(value, to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    private func expectDescription(_ value: Double) {
        for value in [value, -value] where !isAsDescribed(value) {
            Issue.record("\(value) is written as \(plain(value))")
        }
    }

    private func isAsDescribed(_ value: Double) -> Bool {
        let (text, description) = (plain(value), "\(value)")
        guard description.contains("e") else {
            return text == (description.hasSuffix(".0") ? String(description.dropLast(2)) : description)
        }
        return !text.contains("e") && Double(text) == value
            && digits(text[...]) == digits(description.prefix { $0 != "e" })
    }

    /// Without the zeros at both ends, which only tell how large the number is.
    private func digits(_ text: Substring) -> [UInt8] {
        let digits = text.utf8.filter { (0x30...0x39).contains($0) }
        return digits.drop { $0 == 0x30 }.reversed().drop { $0 == 0x30 }.reversed()
    }
}
