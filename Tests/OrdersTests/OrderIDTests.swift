import Orders
import Tape
import TestSupport
import Testing

/// Ids as RFC 9562 has them, and the way back to the entry.
@Suite struct OrderIDTests {
    private static let lastTime: UInt64 = 1 << 48 - 1
    private static let lastSequence: UInt64 = 1 << 32 - 1
    private static let lastTail: UInt64 = 1 << 42 - 1

    /// The text, put together bit by bit.
    private func text(_ time: UInt64, _ sequence: UInt64, _ tail: UInt64) -> String {
        func bits(_ value: UInt64, _ count: Int) -> String {
            let digits = String(value, radix: 2)
            return String(repeating: "0", count: count - digits.count) + digits
        }
        let all = Array(
            bits(time, 48) + "0111" + bits(sequence >> 20, 12) + "10" + bits(sequence % (1 << 20), 20) + bits(tail, 42))
        let digits = stride(from: 0, to: 128, by: 4).map { start in
            String(Int(String(all[start..<start + 4]), radix: 2) ?? 0, radix: 16)
        }
        return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { digits[$0].joined() }.joined(separator: "-")
    }

    private func id(_ time: UInt64, _ sequence: UInt64, _ tail: UInt64) throws -> OrderID {
        try #require(OrderID(StreamID(milliseconds: time, sequence: sequence), tail: OrderTail(bits: tail)))
    }

    /// Ends and neighbours of ends as often as anything between them.
    private func draw(_ last: UInt64, _ random: inout SeededGenerator) -> UInt64 {
        let edges = [0, 1, last - 1, last, last / 2, last / 2 + 1]
        return Bool.random(using: &random)
            ? .random(in: 0...last, using: &random) : edges.randomElement(using: &random) ?? 0
    }

    @Test func `an id is its entry and tail, written as a UUID of version 7, and read back`() throws {
        var random = SeededGenerator(seed: 31)
        for _ in 0..<20_000 {
            let time = draw(Self.lastTime, &random)
            let sequence = draw(Self.lastSequence, &random)
            let tail = draw(Self.lastTail, &random)
            let id = try id(time, sequence, tail)
            let text = "\(id)"
            #expect(text == self.text(time, sequence, tail))
            let digits = Array(text)
            #expect(digits.count == 36 && digits[14] == "7" && "89ab".contains(digits[19]))
            let read = try #require(OrderID(text), "\(text)")
            #expect(read == id && read.entry == StreamID(milliseconds: time, sequence: sequence))
            #expect(read.tail == OrderTail(bits: tail) && OrderTail("\(read.tail)") == read.tail)
            #expect(OrderID(text.uppercased()) == id)
        }
    }

    @Test func `entries that have no room in a UUID have no id`() {
        let tail = OrderTail(bits: 5)
        for (time, sequence) in [
            (Self.lastTime + 1, 0), (UInt64.max, 0), (0, Self.lastSequence + 1), (0, UInt64.max), (.max, .max),
        ] {
            #expect(OrderID(StreamID(milliseconds: time, sequence: sequence), tail: tail) == nil)
        }
        #expect(OrderID(StreamID(milliseconds: Self.lastTime, sequence: Self.lastSequence), tail: tail) != nil)
    }

    @Test func `ids are in the order of their entries, as values and as text`() throws {
        var random = SeededGenerator(seed: 32)
        let ids = try (0..<20_000).map { number in
            // Near neighbours, too: of one millisecond, and of one sequence number around a carry.
            let time = number.isMultiple(of: 2) ? draw(Self.lastTime, &random) : .random(in: 5...7, using: &random)
            let sequence =
                number.isMultiple(of: 3)
                ? draw(Self.lastSequence, &random) : .random(in: (1 << 20) - 2...(1 << 20) + 2, using: &random)
            return try id(time, sequence, draw(Self.lastTail, &random))
        }
        for (left, right) in zip(ids, ids.dropFirst()) where left.entry != right.entry {
            #expect((left.entry < right.entry) == (left < right))
            #expect((left.entry < right.entry) == ("\(left)" < "\(right)"), "\(left) \(right)")
            #expect((left.entry < right.entry) == "\(left)".utf8.lexicographicallyPrecedes("\(right)".utf8))
        }
        #expect(ids.sorted().map { "\($0)" } == ids.map { "\($0)" }.sorted())
    }

    @Test func `other versions and variants are refused`() throws {
        let good = Array("01a20bcb-292e-7000-8000-008598c6b40a")
        #expect(OrderID(String(good)) != nil)
        for digit in "0123456789abcdef" {
            for (place, accepted) in [(14, "7"), (19, "89ab")] {
                var changed = good
                changed[place] = digit
                #expect((OrderID(String(changed)) != nil) == accepted.contains(digit), "\(String(changed))")
            }
        }
        #expect(OrderID("00000000-0000-0000-0000-000000000000") == nil)
        #expect(OrderID("ffffffff-ffff-ffff-ffff-ffffffffffff") == nil)
    }

    @Test func `what is malformed is refused`() throws {
        let good = "01a20bcb-292e-7000-8000-008598c6b40a"
        for text in [
            "", "-", "----", "5", "0-0", "1732424000000-0", " \(good)", "\(good) ", "\(good)\n", "{\(good)}",
            "urn:uuid:\(good)", String(good.dropLast()), good + "0", good.replacing("-", with: ""),
            good.replacing("-", with: "_"), "01a20bcb2-92e-7000-8000-008598c6b40a",
            "01a20bcb-292e-7000-8000008598c6b40a",
            "01a20bcb--292e-7000-8000-008598c6b40", "-01a20bcb-292e-7000-8000-008598c6b40a",
            String(repeating: "0", count: 1000), "０1a20bcb-292e-7000-8000-008598c6b40a",
        ] {
            #expect(OrderID(text) == nil, "\(text.debugDescription)")
        }
        // Any place with what is no hexadecimal digit, and any place without what it had.
        for (place, character) in good.enumerated() {
            for wrong in ["g", "+", "٣", " ", "x", character == "-" ? "0" : "-"] {
                var changed = good.map(String.init)
                changed[place] = wrong
                #expect(OrderID(changed.joined()) == nil, "\(changed.joined())")
            }
            var shorter = Array(good)
            shorter.remove(at: place)
            #expect(OrderID(String(shorter)) == nil)
        }
    }

    @Test func `tails are eleven lower-case digits of 42 bits`() {
        #expect("\(OrderTail(bits: 0))" == "00000000000" && "\(OrderTail(bits: Self.lastTail))" == "3ffffffffff")
        #expect(OrderTail(bits: Self.lastTail + 1) == OrderTail(bits: 0))
        for text in [
            "", "0", "0000000000", "000000000000", "40000000000", "fffffffffff", "0000000000g", "3FFFFFFFFFF",
            "+0000000000",
        ] {
            #expect(OrderTail(text) == nil, "\(text)")
        }
        let drawn = Set((0..<1_000).map { _ in OrderTail.random() })
        #expect(drawn.count == 1_000)
        // Each of the 42 bits is drawn.
        #expect(drawn.reduce(0) { $0 | $1.bits } == Self.lastTail && drawn.reduce(Self.lastTail) { $0 & $1.bits } == 0)
    }
}
