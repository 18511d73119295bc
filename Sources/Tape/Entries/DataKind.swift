/// Whether data comes from real providers, or from the sandbox, which imitates them.
///
/// A field of a feed's entries, and of a ledger's opening. The two kinds are never mixed in one stream or one ledger.
package enum DataKind: String, CaseIterable, Sendable {
    case real, sandbox

    /// The name of the field in the entries of feeds.
    package static let field = "kind"

    /// Reads an entry of a feed; nil if its field `kind` is neither of the two.
    ///
    /// Earlier builds had no such field and marked the sandbox's entries by their source, so an entry without the field is real
    /// unless its source is `sandbox`.
    package init?(of entry: TapeEntry) {
        guard let text = entry.text(Self.field) else {
            self = entry.text("source") == "sandbox" ? .sandbox : .real
            return
        }
        self.init(rawValue: text)
    }

    package var other: DataKind { self == .real ? .sandbox : .real }
}
