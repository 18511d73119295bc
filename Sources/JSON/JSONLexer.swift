import Basics

/// One token of JSON (RFC 8259) with the bytes it stands in.
package struct JSONToken: Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
        case beginObject, endObject, beginArray, endArray, colon, comma
        /// The range includes the quotes.
        case string(hasEscapes: Bool)
        case number
        case `true`, `false`, null
        case end
    }

    package let kind: Kind
    package let range: Range<Int>
}

/// What is wrong with a text that should be JSON, and at which byte.
package struct JSONSyntaxError: Error, Equatable, Sendable, CustomStringConvertible {
    package let message: String
    package let offset: Int

    package init(_ message: String, at offset: Int) {
        self.message = message
        self.offset = offset
    }

    package var description: String { "\(message) at byte \(offset)" }
}

/// Splits JSON text into tokens, without copying it and without judging their order: that is the reader's part.
///
/// Config files need each token's place, rows their digits untouched; no library keeps both.
package struct JSONLexer: Sendable {
    package private(set) var position = 0

    package init() {}

    /// The next token, or `.end` behind the last one.
    package mutating func next(in text: Span<UInt8>) throws(JSONSyntaxError) -> JSONToken {
        while position < text.count, Self.isSpace(text[position]) { position += 1 }
        guard position < text.count else { return JSONToken(kind: .end, range: position..<position) }
        let start = position
        let kind: JSONToken.Kind
        switch text[position] {
        case UInt8(ascii: "{"): kind = single(.beginObject)
        case UInt8(ascii: "}"): kind = single(.endObject)
        case UInt8(ascii: "["): kind = single(.beginArray)
        case UInt8(ascii: "]"): kind = single(.endArray)
        case UInt8(ascii: ":"): kind = single(.colon)
        case UInt8(ascii: ","): kind = single(.comma)
        case UInt8(ascii: "\""): kind = try string(in: text)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): kind = try number(in: text)
        case UInt8(ascii: "t"): kind = try word("true", .true, in: text)
        case UInt8(ascii: "f"): kind = try word("false", .false, in: text)
        case UInt8(ascii: "n"): kind = try word("null", .null, in: text)
        default: throw JSONSyntaxError("unexpected character", at: position)
        }
        return JSONToken(kind: kind, range: start..<position)
    }

    private mutating func single(_ kind: JSONToken.Kind) -> JSONToken.Kind {
        position += 1
        return kind
    }

    private mutating func word(
        _ word: StaticString, _ kind: JSONToken.Kind, in text: Span<UInt8>
    ) throws(JSONSyntaxError) -> JSONToken.Kind {
        let count = word.utf8CodeUnitCount
        guard text.count - position >= count else { throw JSONSyntaxError("unexpected end", at: text.count) }
        for index in 0..<count where word.utf8Start[index] != text[position + index] {
            throw JSONSyntaxError("unexpected word", at: position)
        }
        position += count
        return kind
    }

    private mutating func string(in text: Span<UInt8>) throws(JSONSyntaxError) -> JSONToken.Kind {
        var hasEscapes = false
        var index = position + 1
        while index < text.count {
            switch text[index] {
            case UInt8(ascii: "\""):
                position = index + 1
                return .string(hasEscapes: hasEscapes)
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

    private mutating func number(in text: Span<UInt8>) throws(JSONSyntaxError) -> JSONToken.Kind {
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
        return .number
    }

    /// Returns whether there was at least one digit.
    private mutating func skipDigits(in text: Span<UInt8>) -> Bool {
        let start = position
        while position < text.count, isDigit(text[position]) { position += 1 }
        return position > start
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }
}
