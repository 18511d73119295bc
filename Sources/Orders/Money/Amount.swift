/// An amount of money to spend: above 0, below 1,000,000,000, with at most 8 decimals.
package struct Amount: Hashable, Sendable, CustomStringConvertible {
    /// In hundred-millionths of the currency; from 1 to 10^17 − 1.
    package let units: UInt64

    /// Reads a plain decimal such as `123.45`; nil for any other form.
    package init?(_ text: some Collection<UInt8>) {
        guard let decimal = Decimal128(text, mostDigits: 17, mostDecimals: 8) else { return nil }
        // At most 9 digits are allowed before the point.
        guard text.count - (decimal.scale == 0 ? 0 : decimal.scale + 1) <= 9, decimal.digits > 0 else { return nil }
        units = UInt64(decimal.digits * powerOfTen(8 - decimal.scale))
    }

    /// The canonical text of this amount: `100` for `100.00`.
    package var description: String { Decimal128.text(UInt128(units), scale: 8) }

    /// The rule in words, for the response to an invalid amount.
    package static let accepted =
        "a plain decimal above 0 and below 1000000000 with at most 8 decimals, such as \"123.45\""
}

/// `exponent` is from 0 to 38.
func powerOfTen(_ exponent: Int) -> UInt128 {
    (0..<exponent).reduce(1) { power, _ in power * 10 }
}
