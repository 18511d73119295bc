extension ConfigReader {
    /// A reader of the object; if it is optional and missing, its fields take their defaults.
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

    /// Like `object`, but returns nil if it is missing.
    package func objectIfPresent(_ name: String, _ summary: String) -> ConfigReader? {
        if node != nil, member(name) == nil {
            declare(name, "object", nil, true, summary)
            return nil
        }
        return object(name, optional: true, summary)
    }

    /// A reader for each object of the array, in order; other elements are reported and skipped.
    ///
    /// A missing array has no objects, and is an issue unless `least` is 0. A reader that only declares fields returns one
    /// reader, so that the fields of the objects are also declared.
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

    /// The strings with their placeholders filled in; other elements are reported and skipped.
    ///
    /// Without an array it returns an empty one if `least` is 0, otherwise nil. An array that is too short is reported but still
    /// returned.
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

    /// The whole numbers of an array, which may be missing; other elements are reported and skipped.
    package func integers(_ name: String, in range: ClosedRange<Int>, _ summary: String) -> [Int] {
        (elements(name, "array of integers", 0, summary) ?? []).enumerated().compactMap { index, element in
            let field = "\(name)[\(index)]"
            guard let raw = raw(element, field) else { return nil }
            guard let number = raw.numberText.flatMap({ Int($0) }), range.contains(number) else {
                complain(
                    "should be an integer from \(range.lowerBound) to \(range.upperBound), not \(element.described)",
                    at: element.position, field)
                return nil
            }
            return number
        }
    }

    /// Like `object`, for an object of which usually one member is enough: a string instead of the object is that member.
    package func object(_ name: String, orOnly only: String, _ summary: String) -> ConfigReader? {
        guard let member = member(name), case .string = member.node.value else {
            return objectIfPresent(name, summary)
        }
        declare(name, "object", nil, true, summary)
        let node = ConfigNode(
            value: .object([ConfigNode.Member(name: only, position: member.position, node: member.node)]),
            position: member.node.position)
        return ConfigReader(node, path: joined(name), in: context)
    }
}
