import CJQ

/// A JSON document, parsed once, for several filters to read.
///
/// Lives within one call of `JQIntake.read` and on its thread: jv's reference counts are not atomic.
package final class JQDocument {
    private let value: jv
    private let machines: JQMachines

    /// More rows than this are taken for a filter that does not end.
    private static let mostRows = 1_000_000
    /// Nobody has more items; sums of counts stay far from overflow.
    private static let mostItems = 1_000_000_000_000

    /// Takes the value over.
    init(_ value: jv, with machines: JQMachines) {
        self.value = value
        self.machines = machines
    }

    deinit {
        jv_free(value)
    }

    /// The filter's results as JSON objects, joined by commas.
    package struct Rows: Equatable, Sendable {
        package var json: [UInt8]
        package var count: Int

        package init(json: [UInt8] = [], count: Int = 0) {
            self.json = json
            self.count = count
        }
    }

    /// Every result must be an object whose members are scalars.
    package func rows(_ program: JQProgram) throws(JQError) -> Rows {
        var rows = Rows()
        try machines[program].run(value) { result throws(JQError) in
            guard JV.isFlatObject(result) else {
                let kind = JV.kindName(result)
                jv_free(result)
                throw JQError("the filter made \(kind == "object" ? "a nested object" : kind), not a flat object a row")
            }
            guard rows.count < Self.mostRows else {
                jv_free(result)
                throw JQError("the filter made more than \(Self.mostRows) rows")
            }
            if rows.count > 0 { rows.json.append(UInt8(ascii: ",")) }
            JV.takeJSON(JV.takeFinite(result), into: &rows.json)
            rows.count += 1
        }
        return rows
    }

    /// The members of the filter's first result, strings as they are and others as JSON; nil when there is no result.
    package func firstObject(_ program: JQProgram) throws(JQError) -> [String: String]? {
        var first: [String: String]?
        try machines[program].run(value) { result throws(JQError) in
            defer { jv_free(result) }
            guard first == nil else { return }
            guard JV.isFlatObject(result) else {
                throw JQError("the filter made \(JV.kindName(result)), not a flat object")
            }
            first = JV.members(of: result)
        }
        return first
    }

    /// The filter's first result as a whole number of zero or more; nil when there is none or it is null.
    package func firstCount(_ program: JQProgram) throws(JQError) -> Int? {
        guard let text = try firstText(program) else { return nil }
        guard let count = Int(text), (0...Self.mostItems).contains(count) else {
            throw JQError("the filter made \(text.prefix(100)) where a count is needed")
        }
        return count
    }

    /// The filter's first result, a string as it is and others as JSON; nil when there is none or it is null.
    package func firstText(_ program: JQProgram) throws(JQError) -> String? {
        var first: String?
        var seen = false
        try machines[program].run(value) { result throws(JQError) in
            defer { jv_free(result) }
            guard !seen else { return }
            seen = true
            if jv_get_kind(result) != JV_KIND_NULL { first = JV.text(of: result) }
        }
        return first
    }
}
