import Basics

/// What reading one file collects: its issues, its secrets, and the fields that were declared.
package final class ConfigContext {
    /// The file's path, only for messages; nothing is opened.
    package let file: String
    /// The variables that placeholders refer to.
    package let environment: [String: String]
    /// In the order in which they were reported.
    package private(set) var issues: [ConfigIssue] = []
    /// One for each path, in the order of first declaration.
    package private(set) var fields: [ConfigField] = []
    /// Values that must not be printed: those of variables with names like a secret's, and those passed to `keepSecret`.
    package private(set) var secrets: Set<String> = []

    package init(file: String, environment: [String: String]) {
        self.file = file
        self.environment = environment
    }

    /// The reader of the file's object; nil, with issues, if the document is not a JSON object.
    package func reader(of document: ConfigDocument) -> ConfigReader? {
        for mistake in document.mistakes {
            report(mistake.message, at: mistake.place.position, path: mistake.place.path)
        }
        return document.object.map { ConfigReader($0, path: "", in: self) }
    }

    /// Like the other one, for a text that is not parsed yet.
    package func reader(of text: [UInt8]) -> ConfigReader? { reader(of: ConfigDocument(text)) }

    /// A reader without a file, which only declares the fields.
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

    /// Fills in placeholders, and remembers the values of variables that are named like a secret.
    func resolve(_ text: String, deferring deferred: Set<String> = []) throws(InvalidText) -> Placeholder.Resolved {
        let resolved = try Placeholder.resolve(text, from: environment, deferring: deferred)
        for variable in resolved.variables where Self.isSecret(variable.name) {
            if let value = environment[variable.name] { keepSecret(value) }
        }
        return resolved
    }

    private static func isSecret(_ variable: String) -> Bool {
        ["KEY", "SECRET", "TOKEN", "PASSWORD"].contains { variable.uppercased().contains($0) }
    }
}

/// A field as listed in the reference.
package struct ConfigField: Equatable, Sendable {
    /// For a field of each object in an array: `sources[].name`.
    package let path: String
    /// For example `duration` or `array of strings`; for a choice, its values separated by bars.
    package let type: String
    /// The default as written in a config; nil if the field is required.
    package let defaultText: String?
    /// Whether the field may be omitted although it has no default.
    package let isOptional: Bool
    /// One sentence for the reference; the message about a missing field quotes it.
    package let summary: String
}
