/// The currency of an order: a code of three capital letters, as in ISO 4217.
///
/// Each ledger defines which currencies it takes: see `LedgerTerms`.
package struct Currency: RawRepresentable, Hashable, Sendable {
    package let rawValue: String

    /// nil for anything but three letters from A to Z.
    package init?(rawValue: String) {
        let letters = rawValue.utf8
        guard letters.count == 3, letters.allSatisfy((UInt8(ascii: "A")...UInt8(ascii: "Z")).contains) else {
            return nil
        }
        self.rawValue = rawValue
    }

    /// A code that is a constant in the source.
    package init(_ code: StaticString) {
        rawValue = "\(code)"
    }
}
