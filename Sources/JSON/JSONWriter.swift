import Basics

/// Writes a JSON text (RFC 8259) without white space, and puts the commas and colons where they belong.
///
/// For JSON that is made member by member. Rows of lists (`RowLayout`) and pages of the sandbox are put together of parts
/// that are made once. Whether names and values come in turn is the caller's part.
package struct JSONWriter {
    /// What has been written.
    package private(set) var bytes: [UInt8] = []
    /// Whether the next value or name is not the first one of its container.
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

    /// The name of the member whose value is written next.
    package mutating func name(_ name: String) {
        separate()
        JSONString.append(name.utf8, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        isBehindValue = false
    }

    /// Writes the text in quotes, and escapes what RFC 8259, section 7, says must be, and DEL.
    package mutating func string(_ text: String) {
        separate()
        JSONString.append(text.utf8, to: &bytes)
    }

    /// A string whose bytes the body appends; none of them may have to be escaped.
    package mutating func string(_ body: (inout [UInt8]) -> Void) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        body(&bytes)
        bytes.append(UInt8(ascii: "\""))
    }

    /// Writes all digits: a reader that takes numbers as doubles loses some beyond 2^53 (RFC 8259, section 6).
    package mutating func integer(_ number: some BinaryInteger) {
        separate()
        bytes += String(number).utf8
    }

    package mutating func null() {
        separate()
        bytes += "null".utf8
    }

    /// What is JSON already: a value, or several with commas between them.
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

    /// A string; in it and in its name these scalars are escaped too, as `JSONString` has it.
    package mutating func member(_ name: String, _ text: String, escaping isEscaped: (Unicode.Scalar) -> Bool) {
        separate()
        JSONString.append(name, to: &bytes, escaping: isEscaped)
        bytes.append(UInt8(ascii: ":"))
        JSONString.append(text, to: &bytes, escaping: isEscaped)
    }
}
