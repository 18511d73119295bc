import CJQ

/// The source of a filter in the jq language, known to compile.
package struct JQProgram: Hashable, Sendable {
    package let source: String

    /// Throws jq's own words about what does not compile, and refuses what reaches outside the input.
    package init(_ source: String) throws(JQError) {
        if let name = ForbiddenNames.first(in: source) {
            throw JQError("uses `\(name)`: a filter may only read its own input")
        }
        self.source = source
        _ = try JQMachine(self)
    }

    /// One that another process has found to compile.
    init(known source: String) {
        self.source = source
    }
}

/// What is wrong with a filter, or with what it was given.
package struct JQError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Whether the same filter on the same document can fare better another time.
    package enum Kind: Equatable, Sendable {
        /// What the filter or the parser says, or what the filter's results are.
        case judgement
        /// The filter was ended at a bound, or ended its process: with the same document it would do so again.
        case runaway
        /// The filter could not run, or not to its end, through no fault of its own.
        case interrupted
    }

    package let description: String
    package let kind: Kind

    init(_ description: String, _ kind: Kind = .judgement) {
        self.description = description
        self.kind = kind
    }
}
