/// One member of a JSON object.
package struct JSONMember: Equatable, Sendable {
    /// The text of a string or a number; of other values, only the kind.
    package enum Value: Equatable, Sendable {
        case string(String)
        /// The digits as they are written.
        case number(String)
        case object, array, bool, null
    }

    /// Without quotes, and with escapes decoded.
    package let name: String
    package let value: Value
}

/// Reads the top-level members of one JSON object, such as the body of a request.
package enum JSONMembers {
    /// The members in order, including repeated ones; with `wanted`, only those with these names.
    ///
    /// Nested values and unwanted members are checked and discarded, so that a hostile text costs no more than its length. Throws
    /// if the text is not UTF-8, or not an object.
    package static func of(_ text: [UInt8], named wanted: [String]? = nil) throws(JSONSyntaxError) -> [JSONMember] {
        if let offset = invalidUTF8(in: text) { throw JSONSyntaxError("not UTF-8", at: offset) }
        let span = text.span
        let names = wanted?.map { Array($0.utf8) }
        var reader = JSONReader()
        var members: [JSONMember] = []
        let first = try reader.next(in: span)
        guard first.kind == .beginObject else { throw JSONSyntaxError("not an object", at: first.range.lowerBound) }
        while case let name = try reader.next(in: span), name.kind != .endObject {
            let value = try reader.next(in: span)
            try reader.skipRest(of: value, in: span)
            if let names, name.index(among: names, in: span) == nil { continue }
            members.append(JSONMember(name: name.text(in: span), value: Self.value(value, in: span)))
        }
        _ = try reader.next(in: span)
        return members
    }

    /// The string members by name; nil if the text is not a JSON object.
    ///
    /// If a name is repeated, the last member counts.
    package static func texts(of text: [UInt8]) -> [String: String]? {
        guard let members = try? of(text) else { return nil }
        var texts: [String: String] = [:]
        for member in members {
            if case .string(let value) = member.value { texts[member.name] = value }
        }
        return texts
    }

    private static func value(_ token: JSONToken, in text: Span<UInt8>) -> JSONMember.Value {
        switch token.kind {
        case .beginObject: .object
        case .beginArray: .array
        case .true, .false: .bool
        case .number: .number(token.text(in: text))
        case .string, .name: .string(token.text(in: text))
        case .null, .endObject, .endArray, .end: .null
        }
    }

    private static func invalidUTF8(in text: [UInt8]) -> Int? {
        var start = 0
        // Nearly all text is ASCII, and then the rest need not be validated.
        while start < text.count, text[start] < 0x80 { start += 1 }
        return start == text.count || String(validating: text[start...], as: UTF8.self) != nil ? nil : start
    }
}
