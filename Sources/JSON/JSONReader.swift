import Basics

/// One token of JSON (RFC 8259) with its position.
///
/// The commas between values and the colon after a name are not tokens: the reader checks and skips them.
package struct JSONToken: Equatable, Sendable {
    /// What a token is; the value of a scalar has to be read from the token's range.
    package enum Kind: Equatable, Sendable {
        case beginObject, endObject, beginArray, endArray
        /// A member's name; the next token begins its value. The range includes the quotes.
        case name(hasEscapes: Bool)
        /// The range includes the quotes.
        case string(hasEscapes: Bool)
        case number
        case `true`, `false`, null
        /// The end of the text.
        case end
    }

    package let kind: Kind
    /// Offsets in bytes into the text that the reader was given.
    package let range: Range<Int>

    init(_ kind: Kind, _ range: Range<Int>) {
        self.kind = kind
        self.range = range
    }
}

/// What is wrong with a text that should be JSON, and at which byte.
package struct JSONSyntaxError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What is wrong, without the place: `a value should stand here`.
    package let message: String
    /// Counted from 0.
    package let offset: Int

    package init(_ message: String, at offset: Int) {
        self.message = message
        self.offset = offset
    }

    /// `a value should stand here at byte 17`.
    package var description: String { "\(message) at byte \(offset)" }
}

/// Reads a JSON text (RFC 8259) token by token, and throws at the first byte that the grammar does not allow.
///
/// It copies nothing, allocates nothing, and does not recurse, so that a hostile text costs no more than its length. All code
/// here that reads JSON uses it, and only interprets the tokens. The caller passes the same text with each call, because a `Span`
/// cannot be stored. Texts need not be UTF-8: `JSONString` defines what happens to other bytes.
package struct JSONReader: Sendable {
    private enum Expected {
        case value, valueOrEnd, nameOrEnd, commaOrEnd, end
    }

    /// Where the reader starts.
    package enum Start: Sendable {
        case value
        /// The text is the content of an array, without its brackets.
        case elements
    }

    /// The deepest nesting that is accepted.
    package static let deepest = 64

    /// The offset after the last token.
    package private(set) var position = 0
    private var expected: Expected
    /// How many containers are open.
    package private(set) var depth = 0
    /// A bit for each open container, the innermost lowest: 1 for an object, 0 for an array.
    private var objects: UInt64 = 0
    private let isBare: Bool

    /// With `.elements` the text may be empty; with `.value` it must hold exactly one value.
    package init(_ start: Start = .value) {
        isBare = start == .elements
        expected = isBare ? .valueOrEnd : .value
    }

    /// The next token, or `.end` after the last one.
    package mutating func next(in text: Span<UInt8>) throws(JSONSyntaxError) -> JSONToken {
        skipSpace(in: text)
        guard position < text.count else { return try end(text.count) }
        let byte = text[position]
        switch expected {
        case .commaOrEnd:
            if byte == UInt8(ascii: ",") {
                position += 1
                skipSpace(in: text)
                return try objects & 1 == 1 ? name(in: text) : value(in: text)
            }
            if let token = close(byte) { return token }
            throw JSONSyntaxError(
                "a comma or a closing \(objects & 1 == 1 ? "brace" : "bracket") should stand here", at: position)
        case .nameOrEnd: return if let token = close(byte) { token } else { try name(in: text) }
        case .valueOrEnd: return if let token = close(byte) { token } else { try value(in: text) }
        case .value: return try value(in: text)
        case .end: throw JSONSyntaxError("text behind the end of the JSON value", at: position)
        }
    }

    /// Skips the rest of the value that begins with `token`; does nothing for a scalar.
    package mutating func skipRest(of token: JSONToken, in text: Span<UInt8>) throws(JSONSyntaxError) {
        guard token.kind == .beginObject || token.kind == .beginArray else { return }
        let outer = depth - 1
        while depth > outer { _ = try next(in: text) }
    }

    private func end(_ count: Int) throws(JSONSyntaxError) -> JSONToken {
        switch expected {
        case .end: break
        case .valueOrEnd where isBare && depth == 0, .commaOrEnd where isBare && depth == 0: break
        case .value, .valueOrEnd: throw JSONSyntaxError("the text ends where a value should stand", at: count)
        case .nameOrEnd: throw JSONSyntaxError("a key in double quotes should stand here", at: count)
        case .commaOrEnd:
            throw JSONSyntaxError(
                "a comma or a closing \(objects & 1 == 1 ? "brace" : "bracket") should stand here", at: count)
        }
        return JSONToken(.end, count..<count)
    }

    /// Returns nil and reads nothing if the byte does not close the innermost container.
    private mutating func close(_ byte: UInt8) -> JSONToken? {
        let isObject = objects & 1 == 1
        guard depth > 0, byte == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else { return nil }
        objects >>= 1
        depth -= 1
        position += 1
        expected = depth == 0 && !isBare ? .end : .commaOrEnd
        return JSONToken(isObject ? .endObject : .endArray, position - 1..<position)
    }

    private mutating func open(_ isObject: Bool) throws(JSONSyntaxError) -> JSONToken {
        guard depth < Self.deepest else { throw JSONSyntaxError("nested too deep", at: position) }
        objects = objects << 1 | (isObject ? 1 : 0)
        depth += 1
        position += 1
        expected = isObject ? .nameOrEnd : .valueOrEnd
        return JSONToken(isObject ? .beginObject : .beginArray, position - 1..<position)
    }

    private mutating func name(in text: Span<UInt8>) throws(JSONSyntaxError) -> JSONToken {
        let start = position
        guard start < text.count, text[start] == UInt8(ascii: "\"") else {
            throw JSONSyntaxError("a key in double quotes should stand here", at: start)
        }
        let hasEscapes = try string(in: text)
        let end = position
        skipSpace(in: text)
        guard position < text.count, text[position] == UInt8(ascii: ":") else {
            throw JSONSyntaxError("a colon should follow the key", at: position)
        }
        position += 1
        expected = .value
        return JSONToken(.name(hasEscapes: hasEscapes), start..<end)
    }

    private mutating func value(in text: Span<UInt8>) throws(JSONSyntaxError) -> JSONToken {
        let start = position
        guard start < text.count else {
            throw JSONSyntaxError("the text ends where a value should stand", at: start)
        }
        let kind: JSONToken.Kind
        switch text[start] {
        case UInt8(ascii: "\""): kind = .string(hasEscapes: try string(in: text))
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            try number(in: text)
            kind = .number
        case UInt8(ascii: "{"): return try open(true)
        case UInt8(ascii: "["): return try open(false)
        case UInt8(ascii: "t"):
            try word("true", in: text)
            kind = .true
        case UInt8(ascii: "f"):
            try word("false", in: text)
            kind = .false
        case UInt8(ascii: "n"):
            try word("null", in: text)
            kind = .null
        default: throw JSONSyntaxError("a value should stand here", at: start)
        }
        expected = depth == 0 && !isBare ? .end : .commaOrEnd
        return JSONToken(kind, start..<position)
    }
}

// Scalars.
extension JSONReader {
    private mutating func skipSpace(in text: Span<UInt8>) {
        while position < text.count {
            switch text[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    private mutating func word(_ word: StaticString, in text: Span<UInt8>) throws(JSONSyntaxError) {
        let count = word.utf8CodeUnitCount
        guard text.count - position >= count else { throw JSONSyntaxError("unexpected end", at: text.count) }
        for index in 0..<count where word.utf8Start[index] != text[position + index] {
            throw JSONSyntaxError("unexpected word", at: position)
        }
        position += count
    }

    /// Returns whether the string has escapes.
    private mutating func string(in text: Span<UInt8>) throws(JSONSyntaxError) -> Bool {
        var hasEscapes = false
        var index = position + 1
        while index < text.count {
            switch text[index] {
            case UInt8(ascii: "\""):
                position = index + 1
                return hasEscapes
            case UInt8(ascii: "\\"):
                hasEscapes = true
                index += try escapeLength(at: index, in: text)
            case 0..<0x20:
                throw JSONSyntaxError("control character inside a string", at: index)
            default:
                index += 1
            }
        }
        throw JSONSyntaxError("string without its closing quote", at: position)
    }

    private func escapeLength(at index: Int, in text: Span<UInt8>) throws(JSONSyntaxError) -> Int {
        guard index + 1 < text.count else { throw JSONSyntaxError("unexpected end", at: text.count) }
        switch text[index + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return 2
        case UInt8(ascii: "u"):
            guard index + 5 < text.count else { throw JSONSyntaxError("unexpected end", at: text.count) }
            for digit in index + 2...index + 5 where hexValue(text[digit]) == nil {
                throw JSONSyntaxError("\\u needs four hexadecimal digits", at: index)
            }
            return 6
        default:
            throw JSONSyntaxError("unknown escape in a string", at: index)
        }
    }

    private mutating func number(in text: Span<UInt8>) throws(JSONSyntaxError) {
        let start = position
        if text[position] == UInt8(ascii: "-") { position += 1 }
        let lead = position
        guard skipDigits(in: text) else { throw JSONSyntaxError("malformed number", at: start) }
        guard text[lead] != UInt8(ascii: "0") || position == lead + 1 else {
            throw JSONSyntaxError("number with a leading zero", at: start)
        }
        if position < text.count, text[position] == UInt8(ascii: ".") {
            position += 1
            guard skipDigits(in: text) else { throw JSONSyntaxError("malformed number", at: start) }
        }
        if position < text.count, text[position] == UInt8(ascii: "e") || text[position] == UInt8(ascii: "E") {
            position += 1
            if position < text.count, text[position] == UInt8(ascii: "+") || text[position] == UInt8(ascii: "-") {
                position += 1
            }
            guard skipDigits(in: text) else { throw JSONSyntaxError("malformed number", at: start) }
        }
    }

    /// Returns whether there was at least one digit.
    private mutating func skipDigits(in text: Span<UInt8>) -> Bool {
        let start = position
        while position < text.count, isDigit(text[position]) { position += 1 }
        return position > start
    }
}
