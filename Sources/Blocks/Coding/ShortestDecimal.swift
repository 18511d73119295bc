/// The shortest decimal that parses back to a double, and the nearest of several; like Swift's description, in a third of the
/// time.
///
/// Covers the range of prices: doubles from 2^-68 up to 2^52. The power of ten that scales such a double fits in 128 bits, so
/// every step is exact. The comparisons are those of Raffaello Giulietti, "The Schubfach way to render doubles" (2022), section
/// 9.
struct ShortestDecimal {
    /// All digits as one number; decimals do not end with a zero.
    let digits: UInt64
    /// How many of them are decimals.
    let places: Int

    /// Returns nil if the absolute value is outside the range.
    init?(_ value: Double) {
        // The double is `significand` times 2 to the power of `exponent`.
        let exponent = Int(value.exponentBitPattern) - 1075
        guard (-120 ... -1).contains(exponent) else { return nil }
        // The next double below a power of two is half as far away as the next one above.
        let isPowerOfTwo = value.significandBitPattern == 0
        let significand = value.significandBitPattern | 1 << 52
        // Scaled by 10 to this power, neighbouring doubles are at least 1 and less than 10 apart: floor(log10) of their distance.
        let power = -((exponent * 315_653 - (isPowerOfTwo ? 131_008 : 0)) >> 20)
        let scale = Self.scales[power]
        // Four times the scaled double, and four times the bounds of the interval that rounds to it.
        let middle = scale.quadrupled(significand << 2, exponent)
        let isEven = significand & 1 == 0
        let lower = scale.quadrupled((significand << 2) - (isPowerOfTwo ? 1 : 2), exponent) + (isEven ? 0 : 1)
        let upper = scale.quadrupled((significand << 2) + 2, exponent) - (isEven ? 0 : 1)

        let whole = middle / 4
        if whole >= 10 {
            let tens = whole / 10
            let (isBelowInside, isAboveInside) = (lower <= tens * 40, tens * 40 + 40 <= upper)
            if isBelowInside != isAboveInside {
                self.init(stripping: tens + (isAboveInside ? 1 : 0), places: power - 1)
                return
            }
        }
        let (isBelowInside, isAboveInside) = (lower <= whole * 4, whole * 4 + 4 <= upper)
        let half = whole * 4 + 2
        let isUp =
            isBelowInside != isAboveInside ? isAboveInside : middle > half || (middle == half && whole & 1 == 1)
        self.init(stripping: whole + (isUp ? 1 : 0), places: power)
    }

    private init(stripping digits: UInt64, places: Int) {
        var (digits, places) = (digits, places)
        while places > 0, digits % 10 == 0 { (digits, places) = (digits / 10, places - 1) }
        (self.digits, self.places) = (digits, places)
    }

    /// A power of ten.
    private struct Scale {
        /// The first 128 bits, starting with the highest bit that is set.
        let high: UInt64
        let low: UInt64
        /// The number of bits before the shift.
        let width: Int

        /// `number` times 2 to the power of `exponent` times this power of ten, truncated; the lowest bit is set if it is
        /// inexact.
        func quadrupled(_ number: UInt64, _ exponent: Int) -> UInt64 {
            let number = number << UInt64(exponent + width)
            let (lower, upper) = (low.multipliedFullWidth(by: number), high.multipliedFullWidth(by: number))
            let (middle, isOver) = upper.low.addingReportingOverflow(lower.high)
            return (upper.high + (isOver ? 1 : 0)) | (middle | lower.low == 0 ? 0 : 1)
        }
    }

    /// The powers of ten from 0 to 37.
    private static let scales: [Scale] = {
        var power: UInt128 = 1
        return (0...37).map { _ in
            let lead = power.leadingZeroBitCount
            let aligned = power << UInt128(lead)
            power = power &* 10
            return Scale(
                high: UInt64(truncatingIfNeeded: aligned >> 64), low: UInt64(truncatingIfNeeded: aligned),
                width: 128 - lead)
        }
    }()
}
