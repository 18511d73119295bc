import JSON

/// Parses the JSON of a config file into nodes.
///
/// If a key is repeated, that is an issue, and its first value is used.
struct ConfigParser {
    private let text: [UInt8]
    private var reader = JSONReader()
    private(set) var repeatedKeys: [ConfigPlace] = []

    init(_ text: [UInt8]) {
        self.text = text
    }

    mutating func parse() throws(JSONSyntaxError) -> ConfigNode {
        let node = try value(next(), path: "")
        _ = try next()
        return node
    }

    private mutating func next() throws(JSONSyntaxError) -> JSONToken {
        // A local copy, because the reader is mutated while it reads.
        let text = text
        return try reader.next(in: text.span)
    }

    /// Parses the value that begins with the token; recursive, as deep as the reader allows.
    private mutating func value(_ token: JSONToken, path: String) throws(JSONSyntaxError) -> ConfigNode {
        let value: ConfigNode.Value
        switch token.kind {
        case .beginObject: value = .object(try members(path))
        case .beginArray: value = .array(try elements(path))
        case .number: value = .number(token.text(in: text.span))
        case .true: value = .bool(true)
        case .false: value = .bool(false)
        case .null: value = .null
        case .string, .name, .endObject, .endArray, .end: value = .string(token.text(in: text.span))
        }
        return ConfigNode(value: value, position: position(token))
    }

    private mutating func members(_ path: String) throws(JSONSyntaxError) -> [ConfigNode.Member] {
        var members: [ConfigNode.Member] = []
        var names: Set<String> = []
        while case let key = try next(), key.kind != .endObject {
            let (name, place) = (key.text(in: text.span), position(key))
            let inner = path.isEmpty ? name : "\(path).\(name)"
            let node = try value(next(), path: inner)
            if names.insert(name).inserted {
                members.append(ConfigNode.Member(name: name, position: place, node: node))
            } else {
                repeatedKeys.append(ConfigPlace(path: inner, position: place))
            }
        }
        return members
    }

    private mutating func elements(_ path: String) throws(JSONSyntaxError) -> [ConfigNode] {
        var elements: [ConfigNode] = []
        while case let token = try next(), token.kind != .endArray {
            elements.append(try value(token, path: "\(path)[\(elements.count)]"))
        }
        return elements
    }

    private func position(_ token: JSONToken) -> SourcePosition {
        SourcePosition.of(offset: token.range.lowerBound, in: text)
    }
}
