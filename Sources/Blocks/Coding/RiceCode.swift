/// Golomb-Rice codes: the bits above the lowest `width`, as that many ones and a zero, then the lowest bits.
///
/// A number that would need more than 23 ones is written as 24 ones and a number of any size.
struct RiceCode {
    /// 0 to 63.
    let width: Int
    let mask: UInt64

    static let longestRun = 24

    init(width: Int) {
        self.width = width
        mask = (1 << UInt64(width)) &- 1
    }

    /// The size of an encoded number, in bits.
    func size(_ number: UInt64) -> Int {
        let run = number >> UInt64(width)
        if run < UInt64(Self.longestRun) { return Int(run) + 1 + width }
        return Self.longestRun + 6 + 64 - number.leadingZeroBitCount
    }

    /// A code that is short for these numbers, and their total size in bits.
    static func best(for numbers: [UInt64]) -> (code: RiceCode, size: Int) {
        var sum: (high: UInt64, low: UInt64) = (0, 0)
        for number in numbers {
            let (low, isOver) = sum.low.addingReportingOverflow(number)
            sum = (sum.high &+ (isOver ? 1 : 0), low)
        }
        let count = UInt64(max(1, numbers.count))
        let mean = sum.high < count ? count.dividingFullWidth(sum).quotient : .max
        // The size falls and then rises with the width, except for numbers that exceed the longest run, so some more widths are
        // tried.
        let middle = min(62, max(0, 63 - mean.leadingZeroBitCount))
        func take(_ width: Int) -> Bool {
            let code = RiceCode(width: width)
            var size = 0
            for number in numbers { size += code.size(number) }
            if let best, best.size <= size { return false }
            best = (code, size)
            return true
        }
        var best: (code: RiceCode, size: Int)?
        _ = take(middle + 1)
        var (width, misses) = (middle, 0)
        while width >= 0, misses < 2 {
            misses = take(width) ? 0 : misses + 1
            width -= 1
        }
        return best ?? (RiceCode(width: 0), 0)
    }
}

extension BitWriter {
    mutating func write(_ number: UInt64, _ code: RiceCode) {
        let run = number >> UInt64(code.width)
        guard run < UInt64(RiceCode.longestRun) else {
            write((1 << UInt64(RiceCode.longestRun)) - 1, RiceCode.longestRun)
            return write(number: number)
        }
        write((1 << run) - 1, Int(run) + 1)
        write(number, code.width)
    }
}
