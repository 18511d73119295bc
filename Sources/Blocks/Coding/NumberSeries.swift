/// A sequence of numbers, stored as differences.
///
/// The first number has any size; if there are more, two bits say how the differences are written. Differences wrap around, and
/// are folded so that small ones of either sign become small numbers (0, -1, 1, -2, …).
enum NumberSeries {
    fileprivate enum Mode: UInt64 {
        /// All differences are zero.
        case constant
        /// Six bits for the width of a Rice code, then each difference.
        case rice
        /// A bit for each difference says whether it is not zero; then as above, those that are not, minus one.
        case changes
    }

    /// The shortest way to write a series, and its size in bits.
    struct Plan {
        fileprivate let first: UInt64?
        fileprivate let differences: [UInt64]
        fileprivate let mode: Mode
        fileprivate let code: RiceCode
        let size: Int

        init(_ numbers: [Int64]) {
            first = numbers.first.map(folded)
            differences = zip(numbers.dropFirst(), numbers).map { folded($0 &- $1) }
            let ownSize = first.map { 6 + max(1, 64 - $0.leadingZeroBitCount) } ?? 0
            let changes = differences.filter { $0 != 0 }.map { $0 - 1 }
            guard !changes.isEmpty else {
                (mode, code, size) = (.constant, RiceCode(width: 0), ownSize + (differences.isEmpty ? 0 : 2))
                return
            }
            let all = RiceCode.best(for: differences)
            // If nearly all numbers change, the bits that say which do are not worth it.
            let isWorthTrying = changes.count * 8 < differences.count * 7
            let changed = isWorthTrying ? RiceCode.best(for: changes) : (code: RiceCode(width: 0), size: Int.max / 2)
            let isShorter = differences.count + changed.size < all.size
            (mode, code) = isShorter ? (.changes, changed.code) : (.rice, all.code)
            size = ownSize + 8 + (isShorter ? differences.count + changed.size : all.size)
        }
    }

    static func write(_ plan: Plan, to output: inout BitWriter) {
        guard let first = plan.first else { return }
        output.write(number: first)
        guard !plan.differences.isEmpty else { return }
        output.write(plan.mode.rawValue, 2)
        guard plan.mode != .constant else { return }
        output.write(UInt64(plan.code.width), 6)
        switch plan.mode {
        case .constant: break
        case .rice: for difference in plan.differences { output.write(difference, plan.code) }
        case .changes:
            for difference in plan.differences { output.write(difference != 0) }
            for difference in plan.differences where difference != 0 { output.write(difference - 1, plan.code) }
        }
    }

    /// Reads and appends `count` numbers; throws if the encoding is invalid.
    static func read(_ count: Int, from input: inout BitReader, into numbers: inout [Int64]) throws(BlockDamage) {
        guard count > 0 else { return }
        var number = unfolded(input.readNumber())
        numbers.append(number)
        guard count > 1 else { return }
        guard let mode = Mode(rawValue: input.read(2)) else { throw BlockDamage("a series is of no known kind") }
        let code = RiceCode(width: mode == .constant ? 0 : Int(input.read(6)))
        // Copies, because a reader that is a parameter is not kept in registers.
        var flags = input
        if mode == .changes { input.skip(count - 1) }
        var bits = input
        numbers.append(addingCapacity: count - 1) { numbers in
            switch mode {
            case .constant: numbers.append(repeating: number, count: count - 1)
            case .rice:
                bits.readRice(code, count - 1) { difference in
                    number &+= unfolded(difference)
                    numbers.append(number)
                }
            case .changes:
                for _ in 1..<count {
                    if flags.readBit() { number &+= unfolded(bits.readRice(code) &+ 1) }
                    numbers.append(number)
                }
            }
        }
        input = bits
    }
}

private func folded(_ number: Int64) -> UInt64 {
    UInt64(bitPattern: number &<< 1) ^ UInt64(bitPattern: number >> 63)
}

private func unfolded(_ number: UInt64) -> Int64 {
    Int64(bitPattern: number >> 1) ^ -Int64(bitPattern: number & 1)
}
