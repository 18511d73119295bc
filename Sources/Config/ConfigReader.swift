import Basics

/// Reads the fields of one object.
///
/// Each call declares a field; its value, the errors and the reference all follow from that declaration. A call returns nil if
/// there is no value, and reports mistakes to the context. A config's initializer therefore reads all its fields before it fails,
/// so that all mistakes are reported at once.
package final class ConfigReader {
    package let context: ConfigContext
    /// `request.pages` for a nested object; empty for the file's own object.
    package let path: String
    let node: ConfigNode?
    private let members: [ConfigNode.Member]
    private var declared: [String] = []

    init(_ node: ConfigNode?, path: String, in context: ConfigContext) {
        self.context = context
        self.path = path
        self.node = node
        if case .object(let members) = node?.value { self.members = members } else { members = [] }
    }

    /// Where the object begins; if an optional object is missing, where its parent begins.
    package var position: SourcePosition? { node?.position }

    /// Whether there is no file, and the fields are only declared, for the reference.
    package var onlyDeclares: Bool { node == nil }

    /// Reports the keys that were not declared.
    ///
    /// Must be called last.
    package func finish() {
        for member in members where !declared.contains(member.name) {
            let hint = EditDistance.nearest(to: member.name, among: declared).map { " (did you mean \($0)?)" } ?? ""
            complain("unknown key\(hint)", at: member.position, member.name)
        }
    }

    /// Reports a field that is valid by itself but does not fit the others.
    package func complain(about name: String, _ message: String) {
        complain(message, at: member(name)?.node.position ?? position, name)
    }

    /// Reports a mistake in an element of an array, at the element's position.
    package func complain(about name: String, element index: Int, _ message: String) {
        var place = member(name)?.node.position
        if case .array(let elements) = member(name)?.node.value, elements.indices.contains(index) {
            place = elements[index].position
        }
        complain(message, at: place ?? position, "\(name)[\(index)]")
    }

    /// The text of one field in each object of an array; empty if an object lacks it.
    package func names(_ field: String, in array: String) -> [String] {
        guard case .array(let elements) = member(array)?.node.value else { return [] }
        return elements.map { element in
            guard case .object(let members) = element.value,
                case .string(let text) = members.first(where: { $0.name == field })?.node.value
            else { return "" }
            return (try? context.resolve(text).text) ?? text
        }
    }

    /// Reports objects of an array whose field has the same text as in an earlier object.
    package func complainAboutRepeats(of field: String, in array: String, _ message: String) {
        guard case .array(let elements) = member(array)?.node.value else { return }
        var seen: Set<String> = []
        for (index, element) in elements.enumerated() {
            guard case .object(let members) = element.value, let member = members.first(where: { $0.name == field }),
                case .string(let text) = member.node.value,
                !seen.insert((try? context.resolve(text).text) ?? text).inserted
            else { continue }
            complain(message, at: member.node.position, "\(array)[\(index)].\(field)")
        }
    }

    /// Returns an environment variable that no field names, and whose value must not be printed.
    package func secret(_ variable: String) -> String? {
        let value = context.environment[variable]
        if let value, !value.isEmpty { context.keepSecret(value) }
        return value
    }

    /// The environment variables in the field's placeholders, and the texts for which they stand.
    package func variables(in name: String, deferring deferred: Set<String> = []) -> [(name: String, value: String)] {
        guard case .string(let text) = member(name)?.node.value else { return [] }
        return (try? context.resolve(text, deferring: deferred).variables.map { ($0.name, $0.value) }) ?? []
    }

    // MARK: For the extensions

    /// A value with its placeholders filled in.
    enum Raw {
        case string(String, isPlaceholder: Bool)
        case number(String)
        case bool(Bool)
        case other

        /// The text of a number, or of a placeholder that stands for one.
        var numberText: String? {
            switch self {
            case .number(let text), .string(let text, isPlaceholder: true): text
            default: nil
            }
        }
    }

    /// Only programs set `allowsLines`; every other text is one line.
    func scalar<Value>(
        _ name: String, _ type: String, _ defaultText: String?, _ optional: Bool, _ summary: String,
        allowsLines: Bool = false, convert: (Raw) throws -> Value?
    ) -> Value? {
        declare(name, type, defaultText, optional, summary)
        guard let member = member(name) else {
            if let defaultText { return try? convert(.string(defaultText, isPlaceholder: true)) }
            if !optional, node != nil { complain("missing: \(summary)", at: position, name) }
            return nil
        }
        guard let raw = raw(member.node, name, allowsLines: allowsLines) else { return nil }
        do {
            if let value = try convert(raw) { return value }
            complain("should be \(Self.inSentence(type)), not \(member.node.described)", at: member.node.position, name)
        } catch {
            complain("\(error)", at: member.node.position, name)
        }
        return nil
    }

    func raw(_ node: ConfigNode, _ name: String, allowsLines: Bool = false) -> Raw? {
        switch node.value {
        case .number(let digits): return .number(digits)
        case .bool(let value): return .bool(value)
        case .string(let text):
            return resolved(text, node, name, allowsLines: allowsLines).map {
                .string($0.text, isPlaceholder: $0.isWhole)
            }
        case .object, .array, .null: return .other
        }
    }

    /// The node's text with its placeholders filled in, except those that begin with a deferred name.
    func resolved(
        _ text: String, _ node: ConfigNode, _ name: String, allowsLines: Bool = false,
        deferring deferred: Set<String> = []
    ) -> Placeholder.Resolved? {
        do throws(InvalidText) {
            let resolved = try context.resolve(text, deferring: deferred)
            if !allowsLines, let hidden = hidden(in: resolved) {
                complain("has \(hidden)", at: node.position, name)
                return nil
            }
            return resolved
        } catch {
            complain(error.description, at: node.position, name)
            return nil
        }
    }

    /// A character that a one-line text cannot contain, or accidental white space around the value of a variable.
    private func hidden(in text: Placeholder.Resolved) -> String? {
        for variable in text.variables {
            guard let value = context.environment[variable.name] else { continue }
            if let hidden = HiddenCharacter(in: value, .control) ?? HiddenCharacter(around: value) {
                return "\(hidden) of the environment variable \(variable.name)"
            }
        }
        return HiddenCharacter(in: text.text, .control).map { "\($0)" }
    }

    func elements(_ name: String, _ type: String, _ least: Int, _ summary: String) -> [ConfigNode]? {
        declare(name, type, least == 0 ? "[]" : nil, false, summary)
        guard let member = member(name) else {
            if least > 0, node != nil { complain("missing: \(summary)", at: position, name) }
            return nil
        }
        guard case .array(let elements) = member.node.value else {
            complain("should be an array, not \(member.node.described)", at: member.node.position, name)
            return nil
        }
        if elements.count < least {
            complain("needs at least \(least), not \(elements.count)", at: member.node.position, name)
        }
        return elements
    }

    func declare(_ name: String, _ type: String, _ defaultText: String?, _ optional: Bool, _ summary: String) {
        declared.append(name)
        context.declare(
            ConfigField(
                path: joined(name), type: type, defaultText: defaultText, isOptional: optional, summary: summary))
    }

    func complain(_ message: String, at position: SourcePosition?, _ name: String) {
        context.report(message, at: position, path: joined(name))
    }

    func member(_ name: String) -> ConfigNode.Member? {
        members.first { $0.name == name }
    }

    func joined(_ name: String) -> String {
        path.isEmpty ? name : "\(path).\(name)"
    }

    /// A missing optional object is read as an empty one, at its parent's position.
    var nilOrEmpty: ConfigNode? {
        node.map { ConfigNode(value: .object([]), position: $0.position) }
    }

    /// `a string`, `an integer`; for a choice, whose values the reference separates by bars, `one of a, b`.
    private static func inSentence(_ type: String) -> String {
        let values = type.split(separator: " \\| ")
        if values.count > 1 { return "one of \(values.joined(separator: ", "))" }
        return type.hasPrefix("i") || type.hasPrefix("o") ? "an \(type)" : "a \(type)"
    }
}
