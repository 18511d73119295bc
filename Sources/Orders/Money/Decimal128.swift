import Basics

/// A decimal that is not negative: a whole number and how many of its digits stand behind the point.
///
/// No floating point anywhere: what was read is what is written, and arithmetic is that of whole numbers.
struct Decimal128: Equatable {
    /// Below 10^38, so that it fits.
    let digits: UInt128
    let scale: Int

    /// Reads digits with at most one point, which stands between digits, and without leading zeros; nil for anything else.
    ///
    /// Signs, exponents, spaces and other alphabets' digits are something else.
    init?(_ text: some Collection<UInt8>, mostDigits: Int, mostDecimals: Int) {
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

    /// The shortest text of `value` ÷ 10^`scale`: no zeros behind the last decimal, and no point without one.
    static func text(_ value: UInt128, scale: Int) -> String {
        let digits = String(value)
        let padded = String(repeating: "0", count: max(0, scale + 1 - digits.count)) + digits
        let decimals = padded.suffix(scale)
        let kept = decimals.lastIndex { $0 != "0" }.map { decimals[...$0] } ?? ""
        return padded.dropLast(scale) + (kept.isEmpty ? "" : ".\(kept)")
    }
}
