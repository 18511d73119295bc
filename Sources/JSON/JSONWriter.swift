import Basics

/// Writes a JSON text (RFC 8259) without white space, and adds the commas and colons.
///
/// For JSON that is written member by member; rows of lists (`RowLayout`) and pages of the sandbox are assembled from cached
/// parts instead. The caller must alternate names and values correctly.
package struct JSONWriter {
    /// The text so far.
    package private(set) var bytes: [UInt8] = []
    /// Whether the next value or name needs a comma before it.
    private var isBehindValue = false

    /// `capacity` is about how many bytes will be written.
    package init(capacity: Int = 0) {
        bytes.reserveCapacity(capacity)
    }

    /// Writes one object, whose members the body writes.
    package static func object(capacity: Int = 0, _ body: (inout JSONWriter) -> Void) -> [UInt8] {
        var writer = JSONWriter(capacity: capacity)
        writer.object(body)
        return writer.bytes
    }

    /// Writes one array, whose elements the body writes.
    package static func array(_ body: (inout JSONWriter) -> Void) -> [UInt8] {
        var writer = JSONWriter()
        writer.array(body)
        return writer.bytes
    }

    /// Writes an object as the next value; the body writes its members.
    package mutating func object(_ body: (inout JSONWriter) -> Void) {
        open(UInt8(ascii: "{"))
        body(&self)
        close(UInt8(ascii: "}"))
    }

    /// Writes an array as the next value; the body writes its elements.
    package mutating func array(_ body: (inout JSONWriter) -> Void) {
        open(UInt8(ascii: "["))
        body(&self)
        close(UInt8(ascii: "]"))
    }

    /// Writes a member's name; its value must be written next.
    package mutating func name(_ name: String) {
        separate()
        JSONString.append(name.utf8, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        isBehindValue = false
    }

    /// Writes the text in quotes; escapes what RFC 8259, section 7, requires, and DEL.
    package mutating func string(_ text: String) {
        separate()
        JSONString.append(text.utf8, to: &bytes)
    }

    /// Writes a string whose bytes are appended by `body`; none of them may need escaping.
    package mutating func string(_ body: (inout [UInt8]) -> Void) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        body(&bytes)
        bytes.append(UInt8(ascii: "\""))
    }

    /// Writes all digits; readers that parse numbers as doubles lose some beyond 2^53 (RFC 8259, section 6).
    package mutating func integer(_ number: some BinaryInteger) {
        separate()
        bytes += String(number).utf8
    }

    package mutating func bool(_ value: Bool) {
        separate()
        bytes += (value ? "true" : "false").utf8
    }

    package mutating func null() {
        separate()
        bytes += "null".utf8
    }

    /// Writes finished JSON: a value, or several separated by commas.
    package mutating func values(json: [UInt8]) {
        guard !json.isEmpty else { return }
        separate()
        bytes += json
    }

    private mutating func separate() {
        if isBehindValue { bytes.append(UInt8(ascii: ",")) }
        isBehindValue = true
    }

    private mutating func open(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        isBehindValue = false
    }

    private mutating func close(_ bracket: UInt8) {
        bytes.append(bracket)
        isBehindValue = true
    }
}

// Members, with their names.
extension JSONWriter {
    /// A string, or null.
    package mutating func member(_ name: String, _ text: String?) {
        self.name(name)
        if let text { string(text) } else { null() }
    }

    /// A whole number, as `integer` writes it.
    package mutating func member(_ name: String, _ number: some BinaryInteger) {
        self.name(name)
        integer(number)
    }

    /// An array of strings; an empty array if there are none.
    package mutating func member(_ name: String, _ texts: [String]) {
        self.name(name)
        array { for text in texts { $0.string(text) } }
    }

    /// A string; the given scalars are also escaped, both in it and in its name.
    package mutating func member(_ name: String, _ text: String, escaping isEscaped: (Unicode.Scalar) -> Bool) {
        separate()
        JSONString.append(name, to: &bytes, escaping: isEscaped)
        bytes.append(UInt8(ascii: ":"))
        JSONString.append(text, to: &bytes, escaping: isEscaped)
    }
}
