import Basics
import Foundation

/// A plain decimal of at most 18 digits: `-0.00012` is -12 with 5 places.
///
/// Only what `append` writes again byte for byte is one: no zero too many in front, no `-0`, no exponent.
struct PlainNumber {
    /// All digits as one number.
    let digits: Int64
    /// How many of them stand behind the point.
    let places: Int

    static let mostPlaces = 63

    init?(_ text: UnsafeRawBufferPointer) {
        guard text.count <= Self.mostPlaces, let first = text.first else { return nil }
        let isNegative = first == UInt8(ascii: "-")
        var place = isNegative ? 1 : 0
        guard place < text.count, isDigit(text[place]) else { return nil }
        let isZeroInFront = text[place] == UInt8(ascii: "0")
        var (number, point) = (0 as Int64, nil as Int?)
        let start = place
        while place < text.count {
            let byte = text[place]
            if isDigit(byte) {
                // More than 18 digits do not fit.
                guard number < 100_000_000_000_000_000 else { return nil }
                number = number * 10 + Int64(byte &- UInt8(ascii: "0"))
            } else {
                guard byte == UInt8(ascii: "."), point == nil, place > start else { return nil }
                point = place
            }
            place += 1
        }
        if let point, point == text.count - 1 { return nil }
        if isZeroInFront, (point ?? text.count) != start + 1 { return nil }
        if isNegative, number == 0 { return nil }
        digits = isNegative ? -number : number
        places = point.map { text.count - $0 - 1 } ?? 0
    }

    /// Whether no zero ends what stands behind the point.
    var isStripped: Bool { places == 0 || digits % 10 != 0 }

    /// The digits with so many places; nil if they do not fit.
    func digits(withPlaces wanted: Int) -> Int64? {
        guard wanted >= places else { return nil }
        var digits = digits
        for _ in places..<wanted {
            let (product, isOver) = digits.multipliedReportingOverflow(by: 10)
            if isOver { return nil }
            digits = product
        }
        return digits
    }

    /// Appends a number with a point in front of its last `places` digits.
    static func append(_ digits: Int64, places: Int, isStripped: Bool, to output: inout [UInt8]) {
        var (magnitude, places) = (digits.magnitude, places)
        if isStripped {
            while places > 0, magnitude % 10 == 0 {
                magnitude /= 10
                places -= 1
            }
        }
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 96) { buffer in
            var place = buffer.count
            var written = 0
            while magnitude > 0 || written <= places {
                if written == places, places > 0 {
                    place -= 1
                    buffer[place] = UInt8(ascii: ".")
                }
                place -= 1
                buffer[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: magnitude % 10)
                magnitude /= 10
                written += 1
            }
            if digits < 0 {
                place -= 1
                buffer[place] = UInt8(ascii: "-")
            }
            output.append(contentsOf: UnsafeMutableBufferPointer(rebasing: buffer[place...]))
        }
    }
}

/// Whether both have the same bytes.
func isEqual(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
    guard left.count == right.count else { return false }
    guard let start = left.baseAddress, let other = right.baseAddress else { return true }
    return memcmp(start, other, left.count) == 0
}

/// A double as a plain decimal: the shortest digits that are read as it again, without an exponent, and no `.0`.
enum PlainDouble {
    /// nil if `append` would not write the text again byte for byte.
    static func value(_ text: UnsafeRawBufferPointer) -> Double? {
        guard let first = text.first, isDigit(first) || first == UInt8(ascii: "-"), text.count < 400 else { return nil }
        let value = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: text.count + 1) { buffer in
            UnsafeMutableRawBufferPointer(buffer).copyMemory(from: text)
            buffer[text.count] = 0
            return buffer.baseAddress.map { strtod($0, nil) } ?? .nan
        }
        guard value.isFinite else { return nil }
        var written: [UInt8] = []
        written.reserveCapacity(32)
        append(value, to: &written)
        return written.withUnsafeBytes { isEqual(text, $0) } ? value : nil
    }

    /// The value is finite.
    static func append(_ value: Double, to output: inout [UInt8]) {
        var text = value.description
        text.withUTF8 { text in
            guard let start = text.baseAddress else { return }
            if let mark = memchr(start, Int32(UInt8(ascii: "e")), text.count) {
                let mark = UnsafeRawPointer(mark) - UnsafeRawPointer(start)
                return append(mantissa: text[..<mark], exponent: text[(mark + 1)...], to: &output)
            }
            // As a rule there is nothing to do but to leave `.0` away. Not as a slice, which is copied byte by byte.
            let isWhole =
                text.count > 2 && text[text.count - 1] == UInt8(ascii: "0") && text[text.count - 2] == UInt8(ascii: ".")
            output.append(
                contentsOf: UnsafeBufferPointer(start: start, count: isWhole ? text.count - 2 : text.count))
        }
    }

    private static func append(
        mantissa: Slice<UnsafeBufferPointer<UInt8>>, exponent: Slice<UnsafeBufferPointer<UInt8>>,
        to output: inout [UInt8]
    ) {
        if mantissa.first == UInt8(ascii: "-") { output.append(UInt8(ascii: "-")) }
        let digits = mantissa.filter(isDigit)
        let size = exponent.reduce(0) { isDigit($1) ? $0 * 10 + Int($1 - UInt8(ascii: "0")) : $0 }
        let zero = UInt8(ascii: "0")
        if exponent.first == UInt8(ascii: "-") {
            output.append(contentsOf: [zero, UInt8(ascii: ".")])
            output.append(contentsOf: repeatElement(zero, count: size - 1))
            output.append(contentsOf: digits)
        } else {
            output.append(contentsOf: digits)
            output.append(contentsOf: repeatElement(zero, count: max(0, size + 1 - digits.count)))
        }
    }
}
