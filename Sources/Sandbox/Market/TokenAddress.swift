/// The address of a token's contract on its chain.
enum TokenAddress {
    /// Forty hexadecimal digits, as on most chains.
    static func random(using random: inout SplitMix64) -> String {
        var address = "0x"
        for _ in 0..<40 {
            address += String(Int.random(in: 0..<16, using: &random), radix: 16)
        }
        return address
    }
}
