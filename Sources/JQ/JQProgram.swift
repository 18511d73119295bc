import CJQ

/// The source of a filter in the jq language, known to compile.
package struct JQProgram: Hashable, Sendable {
    package let source: String

    /// Throws jq's own message if it does not compile, and rejects programs that access things outside their input.
    package init(_ source: String) throws(JQError) {
        if let name = ForbiddenNames.first(in: source) {
            throw JQError("uses `\(name)`: a filter may only read its own input")
        }
        self.source = source
        _ = try JQMachine(self)
    }

    /// Wraps a program that another process has compiled successfully.
    init(known source: String) {
        self.source = source
    }
}

/// A failure of a filter, or of its input.
package struct JQError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Whether the same filter could succeed on the same document another time.
    package enum Kind: Equatable, Sendable {
        /// The filter raises an error, or its results have the wrong form; it would do so again with the same document.
        case failed
        /// The document is not what it should be.
        case malformed
        /// The filter exceeded a limit, or crashed its process; it would do so again with the same document.
        case runaway
        /// The filter could not run to its end, for a reason outside of it.
        case interrupted
    }

    package let description: String
    package let kind: Kind

    init(_ description: String, _ kind: Kind = .failed) {
        self.description = description
        self.kind = kind
    }

    /// The same failure of the filter with this name; failures of the document are not a filter's.
    package func named(_ filter: String) -> JQError {
        kind == .failed ? JQError("\(filter): \(description)", kind) : self
    }
}
