import Basics

/// What one reading of one file gathers: its issues, its secrets, and the fields that were declared.
package final class ConfigContext {
    /// The file's path, only for the messages: nothing is opened.
    package let file: String
    /// The variables that placeholders are filled in from.
    package let environment: [String: String]
    /// In the order in which they were reported.
    package private(set) var issues: [ConfigIssue] = []
    /// One for each path, in the order in which they were first declared.
    package private(set) var fields: [ConfigField] = []
    /// What must not be printed: the values of variables named like a secret, and what `keepSecret` was given.
    package private(set) var secrets: Set<String> = []

    package init(file: String, environment: [String: String]) {
        self.file = file
        self.environment = environment
    }

    /// The reader of the file's object; nil, with issues, when the document is not a JSON object.
    package func reader(of document: ConfigDocument) -> ConfigReader? {
        for mistake in document.mistakes {
            report(mistake.message, at: mistake.place.position, path: mistake.place.path)
        }
        return document.object.map { ConfigReader($0, path: "", in: self) }
    }

    /// As the other, for a text that is not parsed yet.
    package func reader(of text: [UInt8]) -> ConfigReader? { reader(of: ConfigDocument(text)) }

    /// A reader that finds nothing, for declaring the fields without a file.
    package var describingReader: ConfigReader { ConfigReader(nil, path: "", in: self) }

    /// Adds an issue; `path` is empty for the file as a whole.
    package func report(_ message: String, at position: SourcePosition?, path: String) {
        issues.append(ConfigIssue(file: file, position: position, path: path, message: message))
    }

    func declare(_ field: ConfigField) {
        if !fields.contains(where: { $0.path == field.path }) { fields.append(field) }
    }

    /// Adds a value to `secrets`.
    package func keepSecret(_ value: String) {
        secrets.insert(value)
    }

    /// Fills in placeholders, remembering what came from a variable that is named like a secret.
    func resolve(_ text: String) throws(InvalidText) -> Placeholder.Resolved {
        let resolved = try Placeholder.resolve(text, from: environment)
        for variable in resolved.variables where Self.isSecret(variable) {
            if let value = environment[variable] { keepSecret(value) }
        }
        return resolved
    }

    private static func isSecret(_ variable: String) -> Bool {
        ["KEY", "SECRET", "TOKEN", "PASSWORD"].contains { variable.uppercased().contains($0) }
    }
}

/// A field as the reference lists it.
package struct ConfigField: Equatable, Sendable {
    /// `sources[].name` for a field of each object of an array.
    package let path: String
    /// `duration`, `array of strings`, or the values of a choice with bars between them.
    package let type: String
    /// As it would be written; nil when the field must be given.
    package let defaultText: String?
    /// Whether the field may be missing although it has no default.
    package let isOptional: Bool
    /// One sentence for the reference; the message about a missing field quotes it.
    package let summary: String
}
