import Basics

/// Reads the fields of one object.
///
/// Each call declares a field, and from that one declaration come the value, the errors and the reference. A call
/// returns nil when there is nothing to return; what is wrong stands in the context's issues then. So a config's
/// initialiser reads all its fields first and gives up only afterwards: all mistakes are told at once.
package final class ConfigReader {
    package let context: ConfigContext
    package let path: String
    private let node: ConfigNode?
    private let members: [ConfigNode.Member]
    private var declared: [String] = []

    init(_ node: ConfigNode?, path: String, in context: ConfigContext) {
        self.context = context
        self.path = path
        self.node = node
        if case .object(let members) = node?.value { self.members = members } else { members = [] }
    }

    package var position: SourcePosition? { node?.position }

    // MARK: Scalars

    /// A value that is written as a string; `convert` says what is wrong by throwing.
    package func parsed<Value>(
        _ name: String, type: String, default defaultText: String? = nil, optional: Bool = false, _ summary: String,
        convert: (String) throws -> Value
    ) -> Value? {
        scalar(name, type, defaultText, optional, summary) { raw in
            guard case .string(let text, _) = raw else { return nil }
            return try convert(text)
        }
    }

    package func string(
        _ name: String, default defaultText: String? = nil, optional: Bool = false, _ summary: String
    ) -> String? {
        parsed(name, type: "string", default: defaultText, optional: optional, summary) { $0 }
    }

    package func duration(
        _ name: String, default defaultText: String? = nil, in range: ClosedRange<Duration>? = nil, _ summary: String
    ) -> Duration? {
        parsed(name, type: "duration", default: defaultText, summary) { text in
            guard let duration = ConfigQuantity.duration(text) else {
                throw Complaint("should be a duration such as \"60s\" (units: ms, s, m, h, d), not \"\(text)\"")
            }
            if let range, !range.contains(duration) {
                throw Complaint("should be from \(Self.text(range.lowerBound)) to \(Self.text(range.upperBound))")
            }
            return duration
        }
    }

    package func bytes(_ name: String, default defaultText: String? = nil, _ summary: String) -> Int? {
        parsed(name, type: "size", default: defaultText, summary) { text in
            guard let bytes = ConfigQuantity.bytes(text), bytes > 0 else {
                throw Complaint("should be a size such as \"64MB\" (units: B, kB, MB, GB), not \"\(text)\"")
            }
            return bytes
        }
    }

    package func integer(
        _ name: String, default defaultValue: Int? = nil, in range: ClosedRange<Int>, _ summary: String
    ) -> Int? {
        scalar(name, "integer", defaultValue.map { "\($0)" }, false, summary) { raw in
            guard let text = raw.numberText else { return nil }
            guard let number = Int(text), range.contains(number) else {
                let bounds =
                    range.upperBound == .max
                    ? "\(range.lowerBound) or more" : "from \(range.lowerBound) to \(range.upperBound)"
                throw Complaint("should be a whole number \(bounds), not \(text)")
            }
            return number
        }
    }

    package func bool(_ name: String, default defaultValue: Bool, _ summary: String) -> Bool? {
        scalar(name, "boolean", "\(defaultValue)", false, summary) { raw in
            switch raw {
            case .bool(let value): value
            case .string("true", isPlaceholder: true): true
            case .string("false", isPlaceholder: true): false
            default: nil
            }
        }
    }

    package func choice<Value: RawRepresentable & CaseIterable>(
        _ name: String, default defaultValue: Value? = nil, _ summary: String
    ) -> Value? where Value.RawValue == String {
        let known = Value.allCases.map(\.rawValue)
        return parsed(name, type: known.joined(separator: " \\| "), default: defaultValue?.rawValue, summary) { text in
            guard let value = Value(rawValue: text) else {
                let hint = EditDistance.nearest(to: text, among: known).map { " (did you mean \($0)?)" } ?? ""
                throw Complaint("should be one of \(known.joined(separator: ", ")), not \"\(text)\"\(hint)")
            }
            return value
        }
    }

    // MARK: Objects and arrays

    /// A reader of the object, also when it is missing and may be: its fields then take their defaults.
    package func object(_ name: String, optional: Bool = false, _ summary: String) -> ConfigReader? {
        declare(name, "object", optional ? "{}" : nil, false, summary)
        guard let member = member(name) else {
            if optional || node == nil { return ConfigReader(nilOrEmpty, path: joined(name), in: context) }
            complain("missing: \(summary)", at: position, name)
            return ConfigReader(nil, path: joined(name), in: context)
        }
        guard case .object = member.node.value else {
            complain("should be an object, not \(member.node.described)", at: member.node.position, name)
            return nil
        }
        return ConfigReader(member.node, path: joined(name), in: context)
    }

    /// As `object`, but nil when it is missing.
    package func objectIfPresent(_ name: String, _ summary: String) -> ConfigReader? {
        if node != nil, member(name) == nil {
            declare(name, "object", nil, true, summary)
            return nil
        }
        return object(name, optional: true, summary)
    }

    package func objects(_ name: String, atLeast least: Int, _ summary: String) -> [ConfigReader] {
        guard let elements = elements(name, "array of objects", least, summary) else {
            return node == nil ? [ConfigReader(nil, path: joined(name) + "[]", in: context)] : []
        }
        return elements.enumerated().compactMap { index, element in
            guard case .object = element.value else {
                complain("should be an object, not \(element.described)", at: element.position, "\(name)[\(index)]")
                return nil
            }
            return ConfigReader(element, path: "\(joined(name))[\(index)]", in: context)
        }
    }

    package func strings(_ name: String, atLeast least: Int = 0, _ summary: String) -> [String]? {
        guard let elements = elements(name, "array of strings", least, summary) else { return least == 0 ? [] : nil }
        return elements.enumerated().compactMap { index, element in
            let field = "\(name)[\(index)]"
            guard let raw = raw(element, field) else { return nil }
            guard case .string(let text, _) = raw else {
                complain("should be a string, not \(element.described)", at: element.position, field)
                return nil
            }
            return text
        }
    }

    /// An object of texts and numbers, in the order of the file.
    package func pairs(_ name: String, _ summary: String) -> [(name: String, value: String)] {
        declare(name, "object of strings and numbers", "{}", false, summary)
        guard let member = member(name) else { return [] }
        guard case .object(let members) = member.node.value else {
            complain("should be an object, not \(member.node.described)", at: member.node.position, name)
            return []
        }
        return members.compactMap { pair in
            let field = "\(name).\(pair.name)"
            switch raw(pair.node, field) {
            case .string(let text, _), .number(let text): return (pair.name, text)
            case .bool(let value): return (pair.name, "\(value)")
            case nil: return nil
            case .other:
                complain("should be a string or a number, not \(pair.node.described)", at: pair.node.position, field)
                return nil
            }
        }
    }

    // MARK: The whole

    /// Reports the keys that nobody declared.
    ///
    /// To be called last.
    package func finish() {
        for member in members where !declared.contains(member.name) {
            let hint = EditDistance.nearest(to: member.name, among: declared).map { " (did you mean \($0)?)" } ?? ""
            complain("unknown key\(hint)", at: member.position, member.name)
        }
    }

    /// An issue with a field that was read well but does not fit the others.
    package func complain(about name: String, _ message: String) {
        complain(message, at: member(name)?.node.position ?? position, name)
    }

    /// The texts of a field of each object of an array, whatever else is wrong with them.
    package func names(_ field: String, in array: String) -> [String] {
        guard case .array(let elements) = member(array)?.node.value else { return [] }
        return elements.map { element in
            guard case .object(let members) = element.value,
                case .string(let text) = members.first(where: { $0.name == field })?.node.value
            else { return "" }
            return text
        }
    }

    /// A name that goes into keys and logs.
    package func name(_ name: String, default defaultText: String? = nil, _ summary: String) -> String? {
        parsed(name, type: "name", default: defaultText, summary) { text in
            guard text.wholeMatch(of: /[A-Za-z0-9_\-]{1,64}/) != nil else {
                throw Complaint("should be 1 to 64 letters, digits, - or _, not \"\(text)\"")
            }
            return text
        }
    }

    /// Where a field stands.
    package func position(of name: String) -> SourcePosition? {
        member(name)?.node.position
    }

    /// The variables that the field's placeholders name.
    package func variables(in name: String) -> [String] {
        guard case .string(let text) = member(name)?.node.value else { return [] }
        return (try? context.resolve(text).variables) ?? []
    }

    /// What a conversion throws to say what is wrong.
    package struct Complaint: Error, CustomStringConvertible {
        package let description: String

        package init(_ description: String) {
            self.description = description
        }
    }

    // MARK: Private

    private enum Raw {
        case string(String, isPlaceholder: Bool)
        case number(String)
        case bool(Bool)
        case other

        /// A number, or a placeholder's text in a number's place.
        var numberText: String? {
            switch self {
            case .number(let text), .string(let text, isPlaceholder: true): text
            default: nil
            }
        }
    }

    private func scalar<Value>(
        _ name: String, _ type: String, _ defaultText: String?, _ optional: Bool, _ summary: String,
        convert: (Raw) throws -> Value?
    ) -> Value? {
        declare(name, type, defaultText, optional, summary)
        guard let member = member(name) else {
            if let defaultText { return try? convert(.string(defaultText, isPlaceholder: true)) }
            if !optional, node != nil { complain("missing: \(summary)", at: position, name) }
            return nil
        }
        guard let raw = raw(member.node, name) else { return nil }
        do {
            if let value = try convert(raw) { return value }
            complain("should be \(Self.inSentence(type)), not \(member.node.described)", at: member.node.position, name)
        } catch {
            complain("\(error)", at: member.node.position, name)
        }
        return nil
    }

    private func raw(_ node: ConfigNode, _ name: String) -> Raw? {
        switch node.value {
        case .number(let digits): return .number(digits)
        case .bool(let value): return .bool(value)
        case .string(let text):
            do throws(Placeholder.Failure) {
                let resolved = try context.resolve(text)
                return .string(resolved.text, isPlaceholder: resolved.isWhole)
            } catch {
                complain(error.message, at: node.position, name)
                return nil
            }
        case .object, .array, .null: return .other
        }
    }

    private func elements(_ name: String, _ type: String, _ least: Int, _ summary: String) -> [ConfigNode]? {
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

    private func declare(_ name: String, _ type: String, _ defaultText: String?, _ optional: Bool, _ summary: String) {
        declared.append(name)
        context.declare(
            ConfigField(
                path: joined(name), type: type, defaultText: defaultText, isOptional: optional, summary: summary))
    }

    private func complain(_ message: String, at position: SourcePosition?, _ name: String) {
        context.report(message, at: position, path: joined(name))
    }

    private func member(_ name: String) -> ConfigNode.Member? {
        members.first { $0.name == name }
    }

    private func joined(_ name: String) -> String {
        path.isEmpty ? name : "\(path).\(name)"
    }

    /// An object that is not there but may be missing is read as an empty one, in its parent's place.
    private var nilOrEmpty: ConfigNode? {
        node.map { ConfigNode(value: .object([]), position: $0.position) }
    }

    /// `a string`, `an integer`; the values of a choice, which the reference parts by bars, as `one of a, b`.
    private static func inSentence(_ type: String) -> String {
        let values = type.split(separator: " \\| ")
        if values.count > 1 { return "one of \(values.joined(separator: ", "))" }
        return type.hasPrefix("i") || type.hasPrefix("o") ? "an \(type)" : "a \(type)"
    }

    private static func text(_ duration: Duration) -> String {
        let milliseconds = duration.milliseconds
        return milliseconds % 1000 == 0 ? "\(milliseconds / 1000)s" : "\(milliseconds)ms"
    }
}
