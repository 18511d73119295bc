import Basics
import Foundation

/// A plain decimal of at most 18 digits: `-0.00012` is -12 with 5 places.
///
/// Only texts that `append` reproduces byte for byte count: no superfluous leading zero, no `-0`, no exponent.
struct PlainNumber {
    /// All digits as one number.
    let digits: Int64
    /// How many of them are decimals.
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

    /// Whether its decimals do not end with a zero.
    var isStripped: Bool { places == 0 || digits % 10 != 0 }

    /// The digits scaled to this many decimals; nil if they do not fit.
    func digits(withPlaces wanted: Int) -> Int64? {
        guard wanted >= places else { return nil }
        // Zero fits with any number of places.
        guard wanted - places < Self.powers.count else { return digits == 0 ? 0 : nil }
        let (product, isOver) = digits.multipliedReportingOverflow(by: Self.powers[wanted - places])
        return isOver ? nil : product
    }

    /// Powers of ten that fit.
    private static let powers: [Int64] = (0...18).map { (0..<$0).reduce(1) { power, _ in power * 10 } }

    /// Appends a number whose last `places` digits, at most 63, are decimals.
    static func append(_ digits: Int64, places: Int, isStripped: Bool, to output: inout [UInt8]) {
        var (magnitude, places) = (digits.magnitude, places)
        if isStripped {
            while places > 0, magnitude % 10 == 0 { (magnitude, places) = (magnitude / 10, places - 1) }
        }
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 96) { buffer in
            var start = buffer.count
            if places > 0 {
                // If there are more places than digits can fit, all digits are decimals.
                let (whole, fraction) =
                    places < powers.count
                    ? magnitude.quotientAndRemainder(dividingBy: UInt64(powers[places])) : (0, magnitude)
                write(fraction, digits: places, before: &start, in: buffer)
                start -= 1
                buffer[start] = UInt8(ascii: ".")
                magnitude = whole
            }
            write(magnitude, digits: 1, before: &start, in: buffer)
            if digits < 0 {
                start -= 1
                buffer[start] = UInt8(ascii: "-")
            }
            output.append(contentsOf: UnsafeMutableBufferPointer(rebasing: buffer[start...]))
        }
    }

    /// Writes a number before `start`, two digits at a time, padded to at least `digits`; moves `start`.
    private static func write(
        _ number: UInt64, digits: Int, before start: inout Int, in buffer: UnsafeMutableBufferPointer<UInt8>
    ) {
        let end = start
        func put(_ digit: UInt64) {
            start -= 1
            buffer[start] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: digit)
        }
        var rest = number
        while rest >= 10 {
            let (quotient, pair) = rest.quotientAndRemainder(dividingBy: 100)
            put(pair % 10)
            put(pair / 10)
            rest = quotient
        }
        if rest > 0 { put(rest) }
        while end - start < digits { put(0) }
    }
}

/// Whether both buffers have the same bytes.
func isEqual(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
    guard left.count == right.count else { return false }
    guard let start = left.baseAddress, let other = right.baseAddress else { return true }
    return memcmp(start, other, left.count) == 0
}

/// A double as a plain decimal: the shortest digits that parse back to it, without an exponent or `.0`.
enum PlainDouble {
    /// Powers of ten that fit.
    private static let powers: [UInt64] = (0...19).map { (0..<$0).reduce(1) { power, _ in power * 10 } }
    /// A decimal with fewer digits than this number is the shortest for its double (DBL_DIG).
    private static let exactDigits: UInt64 = 1_000_000_000_000_000

    /// `number` is the text parsed as a plain decimal; returns nil if `append` would not reproduce the text byte for byte.
    static func value(_ text: UnsafeRawBufferPointer, _ number: PlainNumber?) -> Double? {
        let value: Double
        if let number, number.places < powers.count {
            guard number.isStripped else { return nil }
            let magnitude = number.digits.magnitude
            value = (number.digits < 0 ? -1 : 1) * nearest(magnitude, places: number.places)
            if magnitude < exactDigits { return value }
            if let shortest = ShortestDecimal(value) {
                return shortest.digits == magnitude && shortest.places == number.places ? value : nil
            }
        } else {
            guard let parsed = parsed(text) else { return nil }
            value = parsed
        }
        return withText(of: value) { isEqual(text, UnsafeRawBufferPointer($0)) } ? value : nil
    }

    /// The double that is nearest to a number of at most 18 digits, of which the last `places`, 0 to 19, are decimals.
    ///
    /// It gives the same result as strtod, in a tenth of the time.
    private static func nearest(_ digits: UInt64, places: Int) -> Double {
        guard digits > 0, places > 0 else { return Double(digits) }
        let (lead, shift) = (digits.leadingZeroBitCount, powers[places].leadingZeroBitCount)
        // The quotient has 63 or 64 bits, ten more than a double; with the remainder as a sticky bit, it rounds like the exact
        // quotient.
        let (dividend, divisor) = (digits << UInt64(lead), powers[places] << UInt64(shift))
        let (quotient, rest) = divisor.dividingFullWidth((dividend >> 1, dividend << 63))
        return Double(rest == 0 ? quotient : quotient | 1)
            * Double(sign: .plus, exponent: shift - lead - 63, significand: 1)
    }

    private static func parsed(_ text: UnsafeRawBufferPointer) -> Double? {
        guard let first = text.first, isDigit(first) || first == UInt8(ascii: "-"), text.count < 400 else { return nil }
        let value = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: text.count + 1) { buffer in
            UnsafeMutableRawBufferPointer(buffer).copyMemory(from: text)
            buffer[text.count] = 0
            return buffer.baseAddress.map { strtod($0, nil) } ?? .nan
        }
        return value.isFinite ? value : nil
    }

    /// Appends a finite value.
    static func append(_ value: Double, to output: inout [UInt8]) {
        if let shortest = ShortestDecimal(value) {
            let digits = Int64(shortest.digits)
            return PlainNumber.append(
                value < 0 ? -digits : digits, places: shortest.places, isStripped: false, to: &output)
        }
        withText(of: value) { output.append(contentsOf: $0) }
    }

    private static func withText<Result>(of value: Double, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        var text = DoubleText()
        value.write(to: &text)
        return text.withBytes { bytes in
            if let start = bytes.baseAddress, let found = memchr(start, Int32(UInt8(ascii: "e")), bytes.count) {
                let mark = UnsafeRawPointer(found) - UnsafeRawPointer(start)
                var plain: [UInt8] = []
                append(mantissa: bytes[..<mark], exponent: bytes[(mark + 1)...], to: &plain)
                return plain.withUnsafeBufferPointer(body)
            }
            // Usually only `.0` must be removed.
            let isWhole =
                bytes.count > 2 && bytes[bytes.count - 1] == UInt8(ascii: "0")
                && bytes[bytes.count - 2] == UInt8(ascii: ".")
            return body(UnsafeBufferPointer(rebasing: bytes.dropLast(isWhole ? 2 : 0)))
        }
    }

    /// Receives the description of a double without allocating a string.
    private struct DoubleText: TextOutputStream {
        private var bytes: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        private var count = 0

        mutating func write(_ string: String) {
            for byte in string.utf8 { append(byte) }
        }

        mutating func _writeASCII(_ buffer: UnsafeBufferPointer<UInt8>) {
            let fitting = min(buffer.count, 32 - count)
            withUnsafeMutableBytes(of: &bytes) { bytes in
                UnsafeMutableRawBufferPointer(rebasing: bytes[count..<count + fitting])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[..<fitting]))
            }
            count += fitting
        }

        /// A double takes at most 24 bytes, for example `-2.2250738585072014e-308`.
        private mutating func append(_ byte: UInt8) {
            guard count < 32 else { return }
            withUnsafeMutableBytes(of: &bytes) { $0[count] = byte }
            count += 1
        }

        func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
            withUnsafeBytes(of: bytes) { bytes in
                body(UnsafeBufferPointer(rebasing: bytes.bindMemory(to: UInt8.self)[..<count]))
            }
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
