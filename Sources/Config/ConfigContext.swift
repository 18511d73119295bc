import Basics

/// What one reading of one file gathers: its issues, its secrets, and the fields that were declared.
package final class ConfigContext {
    package let file: String
    package let environment: [String: String]
    package private(set) var issues: [ConfigIssue] = []
    package private(set) var fields: [ConfigField] = []
    package private(set) var secrets: Set<String> = []

    package init(file: String, environment: [String: String]) {
        self.file = file
        self.environment = environment
    }

    /// The reader of the file's object; nil, with issues, when the text is not a JSON object.
    package func reader(of text: [UInt8]) -> ConfigReader? {
        var parser = ConfigParser(text)
        do throws(JSONSyntaxError) {
            let node = try parser.parse()
            for place in parser.repeatedKeys { report("repeated key", at: place.position, path: place.path) }
            guard case .object = node.value else {
                report("should be an object, not \(node.described)", at: node.position, path: "")
                return nil
            }
            return ConfigReader(node, path: "", in: self)
        } catch {
            let place = SourcePosition.of(offset: error.offset, in: text)
            let isComment =
                error.offset < text.count && [UInt8(ascii: "/"), UInt8(ascii: "#")].contains(text[error.offset])
            report("not valid JSON: \(isComment ? "JSON has no comments" : error.message)", at: place, path: "")
            return nil
        }
    }

    /// A reader that finds nothing, for declaring the fields without a file.
    package var describingReader: ConfigReader { ConfigReader(nil, path: "", in: self) }

    package func report(_ message: String, at position: SourcePosition?, path: String) {
        issues.append(ConfigIssue(file: file, position: position, path: path, message: message))
    }

    func declare(_ field: ConfigField) {
        if !fields.contains(where: { $0.path == field.path }) { fields.append(field) }
    }

    package func keepSecret(_ value: String) {
        secrets.insert(value)
    }

    /// Fills in placeholders, remembering what came from a variable that is named like a secret.
    func resolve(_ text: String) throws(Placeholder.Failure) -> Placeholder.Resolved {
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
    package let type: String
    /// As it would be written; nil when the field must be given.
    package let defaultText: String?
    package let isOptional: Bool
    package let summary: String
}
