/// Bitcoin in whole satoshi, hundred-millionths of a BTC.
package struct Satoshi: Hashable, Comparable, Sendable {
    /// In satoshi; 10^8 of them are one BTC.
    package let value: UInt128

    package init(_ value: UInt128) {
        self.value = value
    }

    /// Reads the output of a script: digits, without leading zeros.
    package init?(digits text: some Collection<UInt8>) {
        guard let decimal = Decimal128(text, mostDigits: 38, mostDecimals: 0) else { return nil }
        self.init(decimal.digits)
    }

    /// Reads BTC as a plain decimal with at most 8 decimals and 20 digits; nil for anything else.
    package init?(btc text: String) {
        guard let decimal = Decimal128(text.utf8, mostDigits: 20, mostDecimals: 8) else { return nil }
        self.init(decimal.digits * powerOfTen(8 - decimal.scale))
    }

    /// In BTC, the shortest decimal: `0.00146796`.
    package var btc: String { Decimal128.text(value, scale: 8) }

    /// In satoshi.
    package var digits: String { String(value) }

    package static func < (left: Self, right: Self) -> Bool { left.value < right.value }

    /// Saturates at 2^128 − 1.
    package static func + (left: Self, right: Self) -> Satoshi {
        let (sum, isOver) = left.value.addingReportingOverflow(right.value)
        return Satoshi(isOver ? .max : sum)
    }

    /// Subtracts the other value; zero if that is larger.
    package func less(_ other: Satoshi) -> Satoshi {
        Satoshi(value > other.value ? value - other.value : 0)
    }
}
