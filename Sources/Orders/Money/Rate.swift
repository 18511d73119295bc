/// The price of one BTC, exactly as its provider wrote it.
package struct Rate: Equatable, Sendable, CustomStringConvertible {
    private let decimal: Decimal128
    /// The text that was read, trailing zeros included.
    package let description: String

    /// Reads a plain decimal above 0 with at most 20 decimals and 38 digits in all; nil for anything else.
    package init?(_ text: String) {
        guard let decimal = Decimal128(text.utf8, mostDigits: 38, mostDecimals: 20), decimal.digits > 0 else {
            return nil
        }
        self.decimal = decimal
        description = text
    }

    /// How much the amount buys, rounded up to the next whole satoshi: amount × 10^8 ÷ rate.
    ///
    /// nil if it overflows, which cannot happen for valid amounts.
    package func satoshi(for amount: Amount) -> Satoshi? {
        let (dividend, overflow) = UInt128(amount.units).multipliedReportingOverflow(by: powerOfTen(decimal.scale))
        guard !overflow else { return nil }
        let (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: decimal.digits)
        return Satoshi(quotient + (remainder == 0 ? 0 : 1))
    }
}
