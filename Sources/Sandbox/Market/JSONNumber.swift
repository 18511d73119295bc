/// Formats numbers like the providers' JSON.
enum JSONNumber {
    /// The shortest digits that parse back to the same number; integers without a point, small numbers with an exponent.
    static func append(_ value: Double, to output: inout [UInt8]) {
        if let whole = Int64(exactly: value), whole.magnitude < 1 << 53 {
            output += whole.description.utf8
        } else {
            output += value.description.utf8
        }
    }

    /// Rounds to at most this many decimals.
    static func append(_ value: Double, places: Int, to output: inout [UInt8]) {
        append(rounded(value, places: places), to: &output)
    }

    static func text(_ value: Double) -> String {
        var output: [UInt8] = []
        append(value, to: &output)
        return String(decoding: output, as: UTF8.self)
    }

    static func rounded(_ value: Double, places: Int) -> Double {
        let scale = powersOfTen[places]
        return (value * scale).rounded() / scale
    }

    private static let powersOfTen: [Double] = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8]
}
