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
}

/// What is wrong with a filter, or with what it was given.
package struct JQError: Error, Equatable, Sendable, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}
