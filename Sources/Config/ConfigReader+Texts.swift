import JSON

/// Fields whose texts may have placeholders that are filled in later.
extension ConfigReader {
    /// A text, of one line unless `allowsLines` is set; `convert` throws what is wrong with it.
    package func text<Value>(
        _ name: String, type: String = "string", allowsLines: Bool = false, deferring deferred: Set<String>,
        _ summary: String,
        convert: (ConfigText) throws -> Value
    ) -> Value? {
        declare(name, type, nil, false, summary)
        guard let member = member(name) else {
            if node != nil { complain("missing: \(summary)", at: position, name) }
            return nil
        }
        return text(member.node, name, deferred, isNumberFine: false, allowsLines: allowsLines, convert)
    }

    /// An object of strings, numbers and booleans, or of arrays of them, which repeat the name; in the order of the file.
    package func texts<Value>(
        _ name: String, deferring deferred: Set<String>, _ summary: String, convert: (ConfigText) throws -> Value
    ) -> [(name: String, value: Value)] {
        declare(name, "object of strings and numbers", "{}", false, summary)
        guard let member = member(name) else { return [] }
        guard case .object(let members) = member.node.value else {
            complain("should be an object, not \(member.node.described)", at: member.node.position, name)
            return []
        }
        return members.flatMap { pair in
            let field = "\(name).\(pair.name)"
            var nodes = [(field, pair.node)]
            if case .array(let elements) = pair.node.value {
                nodes = elements.enumerated().map { ("\(field)[\($0)]", $1) }
            }
            return nodes.compactMap { field, node in
                text(node, field, deferred, isNumberFine: true, convert).map { (pair.name, $0) }
            }
        }
    }

    /// Any value, as the text of its JSON, whose strings may have placeholders; nil if the field is missing.
    package func json<Value>(
        _ name: String, deferring deferred: Set<String>, _ summary: String, convert: (ConfigText) throws -> Value
    ) -> Value? {
        declare(name, "any JSON", nil, true, summary)
        guard let member = member(name) else { return nil }
        return converted(json(of: member.node, name, deferred), member.node, name, convert)
    }

    /// Whether the field is there.
    package func has(_ name: String) -> Bool { member(name) != nil }

    private func text<Value>(
        _ node: ConfigNode, _ field: String, _ deferred: Set<String>, isNumberFine: Bool, allowsLines: Bool = false,
        _ convert: (ConfigText) throws -> Value
    ) -> Value? {
        switch node.value {
        case .string(let text):
            return resolved(text, node, field, allowsLines: allowsLines, deferring: deferred).flatMap {
                converted($0.parts, node, field, convert)
            }
        case .number(let digits) where isNumberFine: return converted(ConfigText(digits), node, field, convert)
        case .bool(let value) where isNumberFine: return converted(ConfigText("\(value)"), node, field, convert)
        default:
            let expected = isNumberFine ? "a string or a number" : "a string"
            complain("should be \(expected), not \(node.described)", at: node.position, field)
            return nil
        }
    }

    private func converted<Value>(
        _ text: ConfigText, _ node: ConfigNode, _ field: String, _ convert: (ConfigText) throws -> Value
    ) -> Value? {
        do {
            return try convert(text)
        } catch {
            complain("\(error)", at: node.position, field)
            return nil
        }
    }

    private func json(of node: ConfigNode, _ field: String, _ deferred: Set<String>) -> ConfigText {
        func joined(_ parts: [ConfigText], _ open: String, _ close: String) -> ConfigText {
            var text = ConfigText(open)
            for (index, part) in parts.enumerated() {
                if index > 0 { text.append(.text(",")) }
                text.append(part)
            }
            text.append(.text(close))
            return text
        }
        switch node.value {
        case .object(let members):
            return joined(
                members.map { member in
                    var text = ConfigText(JSONString.quoted(member.name) + ":")
                    text.append(json(of: member.node, "\(field).\(member.name)", deferred))
                    return text
                }, "{", "}")
        case .array(let elements):
            return joined(
                elements.enumerated().map { json(of: $1, "\(field)[\($0)]", deferred) }, "[", "]")
        case .string(let text):
            guard let text = resolved(text, node, field, allowsLines: true, deferring: deferred)?.parts else {
                return ConfigText("null")
            }
            return joined([text.map { String(JSONString.quoted($0).dropFirst().dropLast()) }], "\"", "\"")
        case .number(let digits): return ConfigText(digits)
        case .bool(let value): return ConfigText("\(value)")
        case .null: return ConfigText("null")
        }
    }
}
