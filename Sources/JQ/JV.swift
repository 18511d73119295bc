import CJQ

/// libjq's values.
///
/// Each function states who owns its argument afterwards, because jv's reference counts are manual.
enum JV {
    /// Returns a string unquoted, or another value as JSON, cut after this many bytes; consumes the value.
    static func takeText(_ value: jv, atMost most: Int = .max) -> String {
        let text = jv_get_kind(value) == JV_KIND_STRING ? value : jv_dump_string(value, 0)
        defer { jv_free(text) }
        return String(decoding: bytes(of: text).prefix(most), as: UTF8.self)
    }

    /// Returns an error's message, which may be any value; consumes it.
    static func takeMessage(_ value: jv) -> String {
        // Not cut shorter, because the caller must see secrets in full to mask them.
        String(takeText(value, atMost: JQBounds.textBytes).prefix(10_000))
    }

    /// The same, with the numbers as they were sent.
    static func takeText(_ value: jv, _ numbers: ExactNumbers, atMost most: Int) -> String {
        let isString = jv_get_kind(value) == JV_KIND_STRING
        let text = isString ? value : jv_dump_string(value, 0)
        defer { jv_free(text) }
        let bytes = UnsafeRawBufferPointer(rebasing: bytes(of: text).prefix(most))
        guard let restored = numbers.restored(bytes, isString: isString) else {
            return String(decoding: bytes, as: UTF8.self)
        }
        return String(decoding: restored.prefix(most), as: UTF8.self)
    }

    /// Passes the value to `body` as compact JSON, with the numbers as they were sent; consumes it.
    static func takeJSON(
        _ value: jv, _ numbers: ExactNumbers, _ body: (UnsafeRawBufferPointer) throws(JQError) -> Void
    ) throws(JQError) {
        let text = jv_dump_string(value, 0)
        defer { jv_free(text) }
        guard let restored = numbers.restored(bytes(of: text)) else { return try body(bytes(of: text)) }
        let result = restored.withUnsafeBytes { bytes in
            Result { () throws(JQError) in try body(bytes) }
        }
        try result.get()
    }

    /// The bytes of a string, valid as long as the value is held; does not consume it.
    private static func bytes(of string: jv) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(
            start: jv_string_value(string), count: Int(jv_string_length_bytes(jv_copy(string))))
    }

    /// Why it is not an object whose members are all scalars; nil if it is one; does not consume it.
    ///
    /// For example `array`, or `an object whose member "quote" is an object`.
    static func faultOfFlatObject(_ value: jv) -> String? {
        guard jv_get_kind(value) == JV_KIND_OBJECT else { return kindName(value) }
        var fault: String?
        _ = forEachMember(of: value) { name, member in
            let kind = jv_get_kind(member)
            guard kind == JV_KIND_OBJECT || kind == JV_KIND_ARRAY else { return true }
            let text = String(takeText(jv_copy(name), atMost: 400).prefix(100))
            fault = "an object whose member \"\(text)\" is an \(kindName(member))"
            return false
        }
        return fault
    }

    /// Replaces numbers that are not finite by null; consumes the object.
    ///
    /// jq parses `1e999` and `Infinity` as infinite, and would print them as the largest double, which would be an invented
    /// price.
    static func takeFinite(_ object: jv) -> jv {
        var names: [jv] = []
        _ = forEachMember(of: object) { name, member in
            if jv_get_kind(member) == JV_KIND_NUMBER, !jv_number_value(member).isFinite { names.append(jv_copy(name)) }
            return true
        }
        return names.reduce(object) { jv_object_set($0, $1, jv_null()) }
    }

    /// Calls `body` for each member until it returns false, and then returns false; consumes nothing.
    private static func forEachMember(of object: jv, _ body: (jv, jv) -> Bool) -> Bool {
        var iterator = jv_object_iter(object)
        while jv_object_iter_valid(object, iterator) != 0 {
            let (name, member) = (jv_object_iter_key(object, iterator), jv_object_iter_value(object, iterator))
            defer {
                jv_free(name)
                jv_free(member)
            }
            guard body(name, member) else { return false }
            iterator = jv_object_iter_next(object, iterator)
        }
        return true
    }

    static func kindName(_ value: jv) -> String {
        String(cString: jv_kind_name(jv_get_kind(value)))
    }
}

extension JV {
    /// The members of an object as texts; throws if they exceed this many bytes in total, and does not consume the object.
    static func members(
        of object: jv, _ numbers: ExactNumbers, atMost most: Int
    ) throws(JQError) -> [(name: String, value: String)] {
        var members: [(name: String, value: String)] = []
        var bytes = 0
        var iterator = jv_object_iter(object)
        while jv_object_iter_valid(object, iterator) != 0 {
            let name = takeText(jv_object_iter_key(object, iterator), atMost: most)
            let value = takeText(jv_object_iter_value(object, iterator), numbers, atMost: most)
            bytes += name.utf8.count + value.utf8.count + 8
            guard bytes <= most else {
                throw JQError("the filter made an object of more than \(most / 1_000_000) MB", .runaway)
            }
            members.append((name, value))
            iterator = jv_object_iter_next(object, iterator)
        }
        return members
    }
}
