import CJQ

/// A JSON document, parsed once, for several filters to read.
///
/// Must only be used on one thread, because jv's reference counts are not atomic.
final class JQDocument {
    private let value: jv
    private let numbers: ExactNumbers
    private let machines: JQMachines

    /// Takes the value of the parser, which has read the whole text.
    init(_ parser: JVParser, with machines: JQMachines) throws(JQError) {
        value = try parser.end()
        numbers = parser.numbers
        self.machines = machines
    }

    deinit {
        jv_free(value)
    }

    /// Passes the filter's results to `body` as JSON objects, joined by commas, and returns their number.
    ///
    /// Every result must be an object whose members are scalars.
    func rows(
        _ program: JQProgram, atMost mostBytes: Int, _ body: (UnsafeRawBufferPointer) throws(JQError) -> Void
    ) throws(JQError) -> Int {
        var count = 0
        var bytes = 0
        try machines[program].run(value) { result throws(JQError) in
            if let fault = JV.faultOfFlatObject(result) {
                jv_free(result)
                throw JQError("the filter made \(fault), not a flat object a row")
            }
            guard count < JQBounds.rows else {
                jv_free(result)
                throw JQError("the filter made more than \(JQBounds.rows) rows", .runaway)
            }
            if count > 0 { try withUnsafeBytes(of: UInt8(ascii: ","), body) }
            count += 1
            try JV.takeJSON(JV.takeFinite(result), numbers) { json throws(JQError) in
                bytes += json.count + 1
                guard bytes <= mostBytes else {
                    throw JQError("the filter made more than \(mostBytes / 1_000_000) MB of rows", .runaway)
                }
                try body(json)
            }
        }
        return count
    }

    /// The members of the filter's first result, strings unquoted and other values as JSON; nil if there is no result.
    func firstObject(_ program: JQProgram) throws(JQError) -> [(name: String, value: String)]? {
        var first: [(name: String, value: String)]?
        try machines[program].run(value) { result throws(JQError) in
            defer { jv_free(result) }
            guard first == nil else { return }
            if let fault = JV.faultOfFlatObject(result) {
                throw JQError("the filter made \(fault), not a flat object")
            }
            first = try JV.members(of: result, numbers, atMost: JQBounds.objectBytes)
        }
        return first
    }

    /// The filter's first result as a whole number of zero or more; nil if there is none or it is null.
    func firstCount(_ program: JQProgram) throws(JQError) -> Int? {
        guard let text = try firstText(program) else { return nil }
        guard let count = Int(text), (0...JQBounds.items).contains(count) else {
            throw JQError("the filter made \(text.prefix(100)) where a count is needed")
        }
        return count
    }

    /// The filter's first result, a string unquoted and other values as JSON; nil if there is none or it is null.
    func firstText(_ program: JQProgram) throws(JQError) -> String? {
        var first: String?
        var seen = false
        try machines[program].run(value) { result throws(JQError) in
            defer { jv_free(result) }
            guard !seen else { return }
            seen = true
            guard jv_get_kind(result) != JV_KIND_NULL else { return }
            first = JV.takeText(jv_copy(result), numbers, atMost: JQBounds.textBytes)
        }
        return first
    }
}
