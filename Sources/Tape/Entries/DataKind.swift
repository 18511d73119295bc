/// Whether data is of real providers or of the sandbox, which plays them.
///
/// A field of a feed's entries, and of the opening entry of a ledger. The two are never mixed: neither in one stream, nor in
/// one ledger.
package enum DataKind: String, CaseIterable, Sendable {
    case real, sandbox

    /// The name of the field in the entries of feeds.
    package static let field = "kind"

    /// Reads an entry of a feed; nil if its field `kind` is neither of the two.
    ///
    /// Builds before the field was there told the sandbox's entries by their source, so an entry without it is real unless
    /// its source is `sandbox`.
    package init?(of entry: TapeEntry) {
        guard let text = entry.text(Self.field) else {
            self = entry.text("source") == "sandbox" ? .sandbox : .real
            return
        }
        self.init(rawValue: text)
    }

    package var other: DataKind { self == .real ? .sandbox : .real }
}
