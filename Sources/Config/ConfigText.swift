/// A text whose environment variables are filled in, while placeholders of other names are left to whoever reads it.
package struct ConfigText: Equatable, Sendable {
    package enum Part: Equatable, Sendable {
        case text(String)
        /// What stands between the braces of `${…}`.
        case deferred(String)
    }

    package private(set) var parts: [Part] = []

    package init(_ text: String = "") {
        append(.text(text))
    }

    /// Parts without text are left out.
    package mutating func append(_ part: Part) {
        if part != .text("") { parts.append(part) }
    }

    package mutating func append(_ text: ConfigText) {
        parts += text.parts
    }

    /// The same text with its plain parts changed.
    func map(_ change: (String) -> String) -> ConfigText {
        var text = ConfigText()
        for part in parts {
            if case .text(let plain) = part { text.append(.text(change(plain))) } else { text.append(part) }
        }
        return text
    }

    /// The plain parts alone.
    var plain: String {
        parts.map { if case .text(let text) = $0 { text } else { "" } }.joined()
    }
}
