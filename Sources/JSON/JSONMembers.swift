import Basics

/// One member of a JSON object.
package struct JSONMember: Equatable, Sendable {
    package enum Value: Equatable, Sendable {
        case string(String)
        /// The digits as they are written.
        case number(String)
        case object, array, bool, null
    }

    package let name: String
    package let value: Value
}

/// The members of a text that is one JSON object (RFC 8259), in order, repeated ones included.
///
/// What is inside of nested values is checked and thrown away, and so are members that nobody asks for, so that a hostile
/// text costs no more than its length.
package struct JSONMembers {
    private enum Expected {
        case name, nameOrEnd, colon, value, valueOrEnd, commaOrEnd, end
    }

    private static let deepest = 64

    private var lexer = JSONLexer()
    private var expected = Expected.value
    /// The open containers; true for an object.
    private var open: [Bool] = []
    /// nil for one that is not wanted.
    private var name: String?
    private var members: [JSONMember] = []
    /// nil for all.
    private let wanted: [String]?

    private init(_ wanted: [String]?) {
        self.wanted = wanted
    }

    /// Those of the names, or all; with other members nothing but their form matters.
    package static func of(_ text: [UInt8], named wanted: [String]? = nil) throws(JSONSyntaxError) -> [JSONMember] {
        if let offset = invalidUTF8(in: text) { throw JSONSyntaxError("not UTF-8", at: offset) }
        var reader = JSONMembers(wanted)
        let span = text.span
        while true {
            let token = try reader.lexer.next(in: span)
            if token.kind == .end, reader.expected == .end { return reader.members }
            try reader.take(token, span)
        }
    }

    private mutating func take(_ token: JSONToken, _ text: Span<UInt8>) throws(JSONSyntaxError) {
        switch (expected, token.kind) {
        case (.name, .string(let hasEscapes)), (.nameOrEnd, .string(let hasEscapes)):
            if open.count == 1 { name = name(token.range, hasEscapes: hasEscapes, text) }
            expected = .colon
        case (.colon, .colon): expected = .value
        case (.commaOrEnd, .comma): expected = open.last == true ? .name : .value
        case (.nameOrEnd, .endObject), (.valueOrEnd, .endArray): close()
        case (.commaOrEnd, .endObject) where open.last == true, (.commaOrEnd, .endArray) where open.last == false:
            close()
        case (.value, _), (.valueOrEnd, _): try takeValue(token, text)
        default: throw unexpected(token)
        }
    }

    private mutating func takeValue(_ token: JSONToken, _ text: Span<UInt8>) throws(JSONSyntaxError) {
        if open.isEmpty, token.kind != .beginObject {
            throw JSONSyntaxError("not an object", at: token.range.lowerBound)
        }
        switch token.kind {
        case .string(let hasEscapes):
            note { .string(JSONString.decode(token.range, hasEscapes: hasEscapes, in: text)) }
        case .number: note { .number(Self.digits(text.extracting(token.range))) }
        case .true, .false: note { .bool }
        case .null: note { .null }
        case .beginObject:
            note { .object }
            try enter(isObject: true, token)
            return
        case .beginArray:
            note { .array }
            try enter(isObject: false, token)
            return
        default: throw unexpected(token)
        }
        expected = .commaOrEnd
    }

    /// Only what stands directly in the object is kept.
    private mutating func note(_ value: () -> JSONMember.Value) {
        if open.count == 1, let name { members.append(JSONMember(name: name, value: value())) }
    }

    private func name(_ range: Range<Int>, hasEscapes: Bool, _ text: Span<UInt8>) -> String? {
        guard let wanted else { return JSONString.decode(range, hasEscapes: hasEscapes, in: text) }
        guard hasEscapes else {
            return wanted.first { name in
                var place = range.lowerBound
                return name.utf8.count == range.count - 2
                    && name.utf8.allSatisfy { byte in
                        place += 1
                        return text[place] == byte
                    }
            }
        }
        let name = JSONString.decode(range, hasEscapes: true, in: text)
        return wanted.first(where: name.isExactly)
    }

    private static func digits(_ number: Span<UInt8>) -> String {
        number.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    }

    private mutating func enter(isObject: Bool, _ token: JSONToken) throws(JSONSyntaxError) {
        guard open.count < Self.deepest else { throw JSONSyntaxError("nested too deep", at: token.range.lowerBound) }
        open.append(isObject)
        expected = isObject ? .nameOrEnd : .valueOrEnd
    }

    private mutating func close() {
        open.removeLast()
        expected = open.isEmpty ? .end : .commaOrEnd
    }

    private func unexpected(_ token: JSONToken) -> JSONSyntaxError {
        JSONSyntaxError(token.kind == .end ? "unexpected end" : "unexpected character", at: token.range.lowerBound)
    }

    private static func invalidUTF8(in text: [UInt8]) -> Int? {
        var start = 0
        // ASCII, which nearly all of it is, needs no look at the rest.
        while start < text.count, text[start] < 0x80 { start += 1 }
        return start == text.count || String(validating: text[start...], as: UTF8.self) != nil ? nil : start
    }
}
