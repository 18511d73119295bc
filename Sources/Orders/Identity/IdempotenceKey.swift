/// The name that a client gives to an order, so that a repeated request does not place a second order.
package struct IdempotenceKey: Hashable, Sendable, CustomStringConvertible {
    /// The key as the client wrote it; it is case-sensitive.
    package let description: String

    /// 1 to 255 letters, digits, `.`, `_`, `:` or `-`; nil for anything else.
    package init?(_ text: String) {
        guard (1...255).contains(text.utf8.count), text.utf8.allSatisfy(Self.mayStand) else { return nil }
        description = text
    }

    /// Stands for the key in a quote, which has none.
    static let ofQuotes = IdempotenceKey(known: "quote")

    private init(known text: String) {
        description = text
    }

    /// The rule in words, for the response to an invalid key.
    package static let accepted = "1 to 255 letters, digits, \".\", \"_\", \":\" or \"-\", such as a UUID"

    private static func mayStand(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: ":"),
            UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
