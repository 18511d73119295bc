import Basics

/// At most sixteen hexadecimal digits; nil when one is none.
func hexadecimal(_ digits: some Collection<UInt8>) -> UInt64? {
    var value: UInt64 = 0
    for digit in digits {
        guard let bits = hexValue(digit) else { return nil }
        value = value << 4 | UInt64(bits)
    }
    return value
}

func hexadecimal(_ value: UInt64, width: Int) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
}
