/// An invisible character that changes a value, such as a line break after a URL or a byte order mark before a key.
package struct HiddenCharacter: Equatable, Sendable, CustomStringConvertible {
    /// Which characters count as hidden.
    package enum Kind: Sendable {
        /// Control characters, line and paragraph separators: not allowed in a one-line text.
        case control
        /// These, all white space, and format characters such as a zero-width space: not allowed in a URL or a name.
        case any
    }

    package let scalar: Unicode.Scalar
    /// Counted from 1, in Unicode scalars.
    package let place: Int

    /// The first hidden character of this kind; nil if there is none.
    package init?(in text: some StringProtocol, _ kind: Kind = .any) {
        for (index, scalar) in text.unicodeScalars.enumerated() where Self.isHidden(scalar, kind) {
            self.scalar = scalar
            place = index + 1
            return
        }
        return nil
    }

    /// White space, or another hidden character, at the start or the end of the text; nil if there is none.
    package init?(around text: some StringProtocol) {
        let scalars = text.unicodeScalars
        guard let first = scalars.first, let last = scalars.last else { return nil }
        if Self.isHidden(first, .any) {
            (scalar, place) = (first, 1)
        } else if Self.isHidden(last, .any) {
            (scalar, place) = (last, scalars.count)
        } else {
            return nil
        }
    }

    private static func isHidden(_ scalar: Unicode.Scalar, _ kind: Kind) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        case .format, .spaceSeparator: kind == .any
        default: kind == .any && scalar.properties.isWhitespace
        }
    }

    /// `a line break (U+000A) at character 18`.
    package var description: String { "\(name) at character \(place)" }

    private var name: String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        let code = "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        switch scalar {
        case " ": return "a space (\(code))"
        case "\t": return "a tab (\(code))"
        case "\n": return "a line break (\(code))"
        case "\r": return "a carriage return (\(code))"
        default:
            return scalar.properties.isWhitespace ? "white space (\(code))" : "an invisible character (\(code))"
        }
    }
}
