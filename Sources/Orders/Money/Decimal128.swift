import Basics

/// A decimal that is not negative: a whole number, and how many of its digits are decimals.
///
/// Uses no floating point: it is written exactly as it was read, and arithmetic is exact.
struct Decimal128: Equatable {
    /// Below 10^38, so that it fits.
    let digits: UInt128
    let scale: Int

    /// Reads digits with at most one point, which must be between digits, and without leading zeros; nil for anything else.
    ///
    /// That includes signs, exponents, spaces and digits of other scripts.
    init?(_ text: some Collection<UInt8>, mostDigits: Int, mostDecimals: Int) {
        guard text.count <= mostDigits + 1 else { return nil }
        let whole = text.prefix(while: isDigit)
        let rest = text.dropFirst(whole.count)
        let decimals = rest.dropFirst()
        guard let lead = whole.first, whole.count == 1 || lead != UInt8(ascii: "0") else { return nil }
        if let point = rest.first {
            guard point == UInt8(ascii: "."), !decimals.isEmpty, decimals.allSatisfy(isDigit) else { return nil }
        }
        guard decimals.count <= mostDecimals, whole.count + decimals.count <= min(mostDigits, 38) else { return nil }
        func appending(_ sum: UInt128, _ digit: UInt8) -> UInt128 { sum * 10 + UInt128(digit - UInt8(ascii: "0")) }
        digits = decimals.reduce(whole.reduce(0, appending), appending)
        scale = decimals.count
    }

    /// The shortest text of `value` ÷ 10^`scale`: without trailing zeros, and without a point if there are no decimals.
    static func text(_ value: UInt128, scale: Int) -> String {
        // Nearly all values fit, and this takes a tenth of the time.
        if let small = UInt64(exactly: value) { return digits(of: small, scale: scale) }
        return digits(of: value, scale: scale)
    }

    private static func digits<Value: FixedWidthInteger>(of value: Value, scale: Int) -> String {
        var (rest, decimals) = (value, scale)
        while decimals > 0, rest % 10 == 0 { (rest, decimals) = (rest / 10, decimals - 1) }
        // The last digit first.
        var (text, written) = ([UInt8](), 0)
        text.reserveCapacity(48)
        while rest > 0 || written <= decimals {
            if written == decimals, decimals > 0 { text.append(UInt8(ascii: ".")) }
            let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
            text.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: digit))
            (rest, written) = (quotient, written + 1)
        }
        return String(decoding: text.reversed(), as: UTF8.self)
    }
}
