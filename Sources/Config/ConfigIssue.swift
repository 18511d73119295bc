/// One mistake in a config file, as `file:line:column: path: what is wrong`.
package struct ConfigIssue: Equatable, Sendable, CustomStringConvertible {
    package let file: String
    /// Where the mistake begins; nil if it has no position in the text.
    package let position: SourcePosition?
    /// `request.pages.size`, `sources[0].name`; empty for the file as a whole.
    package let path: String
    /// What is wrong, shown after the path: `should be a string, not an object`.
    package let message: String

    package init(file: String, position: SourcePosition?, path: String, message: String) {
        self.file = file
        self.position = position
        self.path = path
        self.message = message
    }

    package var description: String {
        let place = position.map { "\(file):\($0)" } ?? file
        return path.isEmpty ? "\(place): \(message)" : "\(place): \(path): \(message)"
    }
}

/// All mistakes that were found, in the order of their positions in the files.
package struct ConfigIssues: Error, Equatable, Sendable, CustomStringConvertible {
    package let issues: [ConfigIssue]

    package init(_ issues: [ConfigIssue]) {
        self.issues = issues
    }

    package var description: String { issues.map(\.description).joined(separator: "\n") }
}
