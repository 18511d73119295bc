import JSON

/// Reads the JSON of a config file into nodes.
///
/// A repeated key is an issue, and its first value counts.
struct ConfigParser {
    private let text: [UInt8]
    private var lexer = JSONLexer()
    private(set) var repeatedKeys: [ConfigPlace] = []
    private static let deepest = 64

    init(_ text: [UInt8]) {
        self.text = text
    }

    mutating func parse() throws(JSONSyntaxError) -> ConfigNode {
        let node = try value(startingWith: next(), depth: 0, path: "")
        let rest = try next()
        guard rest.kind == .end else {
            throw JSONSyntaxError("text behind the object's closing brace", at: rest.range.lowerBound)
        }
        return node
    }

    private mutating func next() throws(JSONSyntaxError) -> JSONToken {
        // A copy of the reference: the lexer changes while it reads.
        let text = text
        return try lexer.next(in: text.span)
    }

    private mutating func value(
        startingWith token: JSONToken, depth: Int, path: String
    ) throws(JSONSyntaxError) -> ConfigNode {
        guard depth < Self.deepest else { throw JSONSyntaxError("nested too deep", at: token.range.lowerBound) }
        let value: ConfigNode.Value
        switch token.kind {
        case .beginObject: value = .object(try members(depth: depth, path: path))
        case .beginArray: value = .array(try elements(depth: depth, path: path))
        case .string: value = .string(string(token))
        case .number: value = .number(String(decoding: text[token.range], as: UTF8.self))
        case .true: value = .bool(true)
        case .false: value = .bool(false)
        case .null: value = .null
        case .end: throw JSONSyntaxError("the text ends where a value should stand", at: token.range.lowerBound)
        case .endObject, .endArray, .colon, .comma:
            throw JSONSyntaxError("a value should stand here", at: token.range.lowerBound)
        }
        return ConfigNode(value: value, position: position(token))
    }

    private mutating func members(depth: Int, path: String) throws(JSONSyntaxError) -> [ConfigNode.Member] {
        var members: [ConfigNode.Member] = []
        var names: Set<String> = []
        var token = try next()
        if token.kind == .endObject { return [] }
        while true {
            guard case .string = token.kind else {
                throw JSONSyntaxError("a key in double quotes should stand here", at: token.range.lowerBound)
            }
            let (name, place) = (string(token), position(token))
            try expect(.colon, "a colon should follow the key")
            let inner = path.isEmpty ? name : "\(path).\(name)"
            let node = try value(startingWith: next(), depth: depth + 1, path: inner)
            if names.insert(name).inserted {
                members.append(ConfigNode.Member(name: name, position: place, node: node))
            } else {
                repeatedKeys.append(ConfigPlace(path: inner, position: place))
            }
            token = try next()
            if token.kind == .endObject { return members }
            guard token.kind == .comma else {
                throw JSONSyntaxError("a comma or a closing brace should stand here", at: token.range.lowerBound)
            }
            token = try next()
        }
    }

    private mutating func elements(depth: Int, path: String) throws(JSONSyntaxError) -> [ConfigNode] {
        var elements: [ConfigNode] = []
        var token = try next()
        if token.kind == .endArray { return [] }
        while true {
            elements.append(try value(startingWith: token, depth: depth + 1, path: "\(path)[\(elements.count)]"))
            token = try next()
            if token.kind == .endArray { return elements }
            guard token.kind == .comma else {
                throw JSONSyntaxError("a comma or a closing bracket should stand here", at: token.range.lowerBound)
            }
            token = try next()
        }
    }

    private mutating func expect(_ kind: JSONToken.Kind, _ message: String) throws(JSONSyntaxError) {
        let token = try next()
        guard token.kind == kind else { throw JSONSyntaxError(message, at: token.range.lowerBound) }
    }

    private func string(_ token: JSONToken) -> String {
        JSONString.decode(token.range, hasEscapes: token.kind == .string(hasEscapes: true), in: text.span)
    }

    private func position(_ token: JSONToken) -> SourcePosition {
        SourcePosition.of(offset: token.range.lowerBound, in: text)
    }
}
