/// The value of a hexadecimal digit in ASCII, of either case.
package func hexValue(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
}

/// The digit of a value below 16, in lower case.
package func hexDigit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
}

/// The value of at most sixteen hexadecimal digits; nil if one is not a hexadecimal digit.
package func hexadecimal(_ digits: some Collection<UInt8>) -> UInt64? {
    var value: UInt64 = 0
    for digit in digits {
        guard let bits = hexValue(digit) else { return nil }
        value = value << 4 | UInt64(bits)
    }
    return value
}

/// The lowercase digits, with leading zeros up to this width.
package func hexadecimal(_ value: some FixedWidthInteger & UnsignedInteger, width: Int) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
}

/// The bytes of a text of hexadecimal digits, two each; nil if it is anything else.
package func bytes(hexadecimal text: String) -> [UInt8]? {
    let digits = Array(text.utf8)
    guard digits.count.isMultiple(of: 2) else { return nil }
    var bytes: [UInt8] = []
    for start in stride(from: 0, to: digits.count, by: 2) {
        guard let high = hexValue(digits[start]), let low = hexValue(digits[start + 1]) else { return nil }
        bytes.append(high << 4 | low)
    }
    return bytes
}
