import TestSupport

/// A whole number as a row of decimal digits, the lowest first, reckoned as on paper: nothing of what it is held against.
struct PaperNumber: Equatable, Comparable {
    private(set) var digits: [Int]

    /// Reads digits, leading zeros included.
    init(_ text: String) {
        digits = text.reversed().compactMap(\.wholeNumberValue)
        trim()
    }

    var text: String { digits.isEmpty ? "0" : digits.reversed().map(String.init).joined() }

    static func < (left: Self, right: Self) -> Bool {
        guard left.digits.count == right.digits.count else { return left.digits.count < right.digits.count }
        for index in left.digits.indices.reversed() where left.digits[index] != right.digits[index] {
            return left.digits[index] < right.digits[index]
        }
        return false
    }

    static func + (left: Self, right: Self) -> Self {
        var sum = left
        sum.digits += Array(repeating: 0, count: max(0, right.digits.count - left.digits.count))
        for (index, digit) in right.digits.enumerated() { sum.digits[index] += digit }
        sum.carry()
        return sum
    }

    static func * (left: Self, right: Self) -> Self {
        var product = PaperNumber("")
        product.digits = Array(repeating: 0, count: left.digits.count + right.digits.count)
        for (place, digit) in left.digits.enumerated() where digit != 0 {
            for (other, factor) in right.digits.enumerated() { product.digits[place + other] += digit * factor }
        }
        product.carry()
        return product
    }

    /// With so many zeros behind.
    func shifted(_ zeros: Int) -> Self {
        var shifted = self
        shifted.digits.insert(contentsOf: Array(repeating: 0, count: digits.isEmpty ? 0 : zeros), at: 0)
        return shifted
    }

    private mutating func carry() {
        var carried = 0
        for index in digits.indices {
            carried += digits[index]
            digits[index] = carried % 10
            carried /= 10
        }
        while carried > 0 {
            digits.append(carried % 10)
            carried /= 10
        }
        trim()
    }

    private mutating func trim() {
        while digits.last == 0 { digits.removeLast() }
    }
}

/// A plain decimal as text: what stands before the point, and what behind it.
struct PaperDecimal {
    var whole: String
    var decimals: String

    init(_ text: String) {
        let sides = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        whole = sides[0]
        decimals = sides.count > 1 ? sides[1] : ""
    }

    /// Digits drawn at random, without leading zeros; each now and then a 0 or a 9.
    static func random(
        _ wholeDigits: ClosedRange<Int>, _ decimals: ClosedRange<Int>, using random: inout SeededGenerator
    ) -> PaperDecimal {
        func digits(_ count: Int) -> String {
            let extreme = ["0", "9", nil, nil, nil].randomElement(using: &random) ?? nil
            return (0..<count).map { _ in extreme ?? String(Int.random(in: 0...9, using: &random)) }.joined()
        }
        var number = PaperDecimal("0")
        number.whole = digits(Int.random(in: wholeDigits, using: &random))
        number.decimals = digits(Int.random(in: decimals, using: &random))
        while number.whole.count > 1, number.whole.hasPrefix("0") { number.whole.removeFirst() }
        return number
    }

    var text: String { decimals.isEmpty ? whole : "\(whole).\(decimals)" }

    /// Without needless zeros at its end.
    var shortest: String {
        var shortest = self
        while shortest.decimals.hasSuffix("0") { shortest.decimals.removeLast() }
        return shortest.text
    }

    var isZero: Bool { (whole + decimals).allSatisfy { $0 == "0" } }

    /// The number × 10^scale, which is whole.
    func scaled(_ scale: Int) -> PaperNumber { PaperNumber(whole + decimals).shifted(scale - decimals.count) }
}
