import Basics

/// `${NAME}`, `${NAME:-default}` and `${NAME:?message}` inside a string; `$${` stands for a literal `${`.
///
/// As in a shell, a variable that is set but empty counts as missing for `:-` and `:?`.
struct Placeholder: Equatable {
    /// A string with its placeholders filled in.
    struct Resolved: Equatable {
        var parts = ConfigText()
        /// Whether the whole string was one placeholder, so that its value may have the field's type.
        var isWhole = false
        var variables: [Variable] = []
        /// Without the placeholders that were deferred.
        var text: String { parts.plain }
    }

    /// A variable that a placeholder names, and the text that it stands for.
    struct Variable: Equatable {
        let name: String
        let value: String
    }

    /// Placeholders that begin with one of the `deferred` names are not filled in.
    static func resolve(
        _ source: String, from environment: [String: String], deferring deferred: Set<String> = []
    ) throws(InvalidText) -> Resolved {
        var result = Resolved()
        var rest = source[...]
        var count = 0
        while let dollar = rest.firstRange(of: "${") {
            let before = rest[..<dollar.lowerBound]
            if before.hasSuffix("$") {
                result.parts.append(.text(before.dropLast() + "${"))
                rest = rest[dollar.upperBound...]
                continue
            }
            guard let close = rest[dollar.upperBound...].firstIndex(of: "}") else {
                throw InvalidText("has ${ without a closing brace (write $${ for a literal one)")
            }
            let isFirst = before.isEmpty && result.parts.parts.isEmpty
            result.parts.append(.text(String(before)))
            count += 1
            result.isWhole = count == 1 && isFirst && rest.index(after: close) == rest.endIndex
            let expression = rest[dollar.upperBound..<close]
            if deferred.contains(String(expression.prefix(while: isInName))) {
                result.parts.append(.deferred(String(expression)))
            } else {
                let variable = try variable(expression, from: environment)
                result.variables.append(variable)
                result.parts.append(.text(variable.value))
            }
            rest = rest[rest.index(after: close)...]
        }
        result.parts.append(.text(String(rest)))
        return result
    }

    private static func isInName(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || character == "_")
    }

    private static func variable(
        _ expression: Substring, from environment: [String: String]
    ) throws(InvalidText) -> Variable {
        let name = expression.prefix(while: isInName)
        guard let first = name.first, !first.isNumber else {
            throw InvalidText("has a placeholder without a variable's name: ${\(expression)}")
        }
        return Variable(name: String(name), value: try value(of: expression, String(name), from: environment))
    }

    private static func value(
        of expression: Substring, _ name: String, from environment: [String: String]
    ) throws(InvalidText) -> String {
        let value = environment[name]
        let suffix = expression.dropFirst(name.count)
        if suffix.isEmpty {
            guard let value else { throw InvalidText("needs the environment variable \(name)") }
            return value
        }
        if suffix.hasPrefix(":-") { return value.flatMap { $0.isEmpty ? nil : $0 } ?? String(suffix.dropFirst(2)) }
        if suffix.hasPrefix(":?") {
            if let value, !value.isEmpty { return value }
            let message = suffix.dropFirst(2)
            throw InvalidText("needs the environment variable \(name)\(message.isEmpty ? "" : ": \(message)")")
        }
        throw InvalidText("has ${\(expression)}; placeholders are ${NAME}, ${NAME:-default} or ${NAME:?message}")
    }
}
