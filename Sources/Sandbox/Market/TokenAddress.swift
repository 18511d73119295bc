/// Where a token's contract stands on its chain.
enum TokenAddress {
    /// Forty hexadecimal digits, as most chains have them.
    static func random(using random: inout SplitMix64) -> String {
        var address = "0x"
        for _ in 0..<40 {
            address += String(Int.random(in: 0..<16, using: &random), radix: 16)
        }
        return address
    }
}
