/// The shortest decimal that is read as a double, and of several the nearest; as Swift's description, in a third of its time.
///
/// Of prices: doubles from 2^-68 up to 2^52. The power of ten that scales one of these fits 128 bits, so every step is exact. The
/// comparisons are those of Raffaello Giulietti, "The Schubfach way to render doubles" (2022), section 9.
struct ShortestDecimal {
    /// All digits as one number, without a zero at their end that stands behind the point.
    let digits: UInt64
    /// How many of them stand behind the point.
    let places: Int

    /// nil for a double that is not within the range; the sign does not count.
    init?(_ value: Double) {
        // The double is `significand` times 2 to this.
        let exponent = Int(value.exponentBitPattern) - 1075
        guard (-120 ... -1).contains(exponent) else { return nil }
        // Below a power of two the next double is half as far as above it.
        let isPowerOfTwo = value.significandBitPattern == 0
        let significand = value.significandBitPattern | 1 << 52
        // Scaled by ten to this, doubles are at least 1 and less than 10 apart: floor(log10) of their distance.
        let power = -((exponent * 315_653 - (isPowerOfTwo ? 131_008 : 0)) >> 20)
        let scale = Self.scales[power]
        // Four times the scaled double, and four times where the doubles begin that are read as it, and where they end.
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
        /// From its first bit on.
        let high: UInt64
        let low: UInt64
        /// How many bits it has before those were moved to the front.
        let width: Int

        /// `number` times 2 to `exponent` times this, cut off, with the lowest bit set if anything was lost.
        func quadrupled(_ number: UInt64, _ exponent: Int) -> UInt64 {
            let number = number << UInt64(exponent + width)
            let (lower, upper) = (low.multipliedFullWidth(by: number), high.multipliedFullWidth(by: number))
            let (middle, isOver) = upper.low.addingReportingOverflow(lower.high)
            return (upper.high + (isOver ? 1 : 0)) | (middle | lower.low == 0 ? 0 : 1)
        }
    }

    /// Of ten to the power of 0 to 37.
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
