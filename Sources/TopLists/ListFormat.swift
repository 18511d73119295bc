import JSON

/// The formats of lists; everything that distinguishes them is in this file.
package enum ListFormat: Int, CaseIterable, Sendable {
    // In order of preference.
    case json, csv, ndjson

    /// The value of the parameter `format`.
    package var name: String {
        switch self {
        case .json: "JSON"
        case .csv: "CSV"
        case .ndjson: "NDJSON"
        }
    }

    /// `name` in lower case: for entity tags and options of commands; a constant, because each response needs it.
    package var lowercasedName: String {
        switch self {
        case .json: "json"
        case .csv: "csv"
        case .ndjson: "ndjson"
        }
    }

    /// The value of Content-Type; for CSV it says that there is a header (RFC 4180, section 3).
    package var mediaType: String {
        switch self {
        case .json: "application/json"
        case .csv: "text/csv; charset=utf-8; header=present"
        case .ndjson: "application/x-ndjson"
        }
    }

    /// The ranges of `Accept` that match it, most specific first (RFC 9110, section 12.5.1).
    package var mediaRanges: [StaticString] {
        switch self {
        case .json: ["application/json", "application/*", "*/*"]
        case .csv: ["text/csv", "text/*", "*/*"]
        case .ndjson: ["application/x-ndjson", "application/*", "*/*"]
        }
    }

    /// The text after all rows.
    package var closing: StaticString {
        switch self {
        case .json: "]\n"
        case .csv, .ndjson: ""
        }
    }

    /// The text between two rows.
    var separator: [UInt8] { self == .json ? RowLayout.comma : [] }

    /// The text before all rows with these titles.
    func opening(_ titles: [String]) -> [UInt8] {
        var opening: [UInt8] = []
        switch self {
        case .json: opening.append(UInt8(ascii: "["))
        case .csv: CSV.append(header: titles, to: &opening)
        case .ndjson: break
        }
        return opening
    }

    /// The text at the end of a row.
    var rowEnd: [UInt8] {
        switch self {
        case .json: Array("}".utf8)
        case .csv: CSV.endOfLine
        case .ndjson: Array("}\n".utf8)
        }
    }

    var values: ValueStyle { self == .csv ? .csv : .json }
}

/// How values are written, independently of the text around them.
enum ValueStyle {
    /// Each value with its title, in an object.
    case json
    /// The values in the order of the titles.
    case csv

    /// The text before the values of a column; `place` is the column's index in the row.
    func opening(of title: String, at place: Int) -> [UInt8] {
        let comma = place > 0 ? RowLayout.comma : []
        guard self == .json else { return comma }
        var opening = place > 0 ? comma : [UInt8(ascii: "{")]
        JSONString.append(title.utf8, to: &opening)
        return opening + [UInt8(ascii: ":")]
    }

    /// The text for an unknown value.
    var nothing: [UInt8] { self == .csv ? [] : Array("null".utf8) }

    /// The text around a string that needs no escapes.
    var quote: [UInt8] { self == .csv ? [] : [UInt8(ascii: "\"")] }

    func append(text: ArraySlice<UInt8>, to output: inout [UInt8]) {
        switch self {
        case .json: JSONString.append(text, to: &output)
        case .csv: CSV.append(field: text, to: &output)
        }
    }

    /// Roughly how much longer rows are than in storage, because an object names its members.
    var growth: Int { self == .csv ? 1 : 3 }
}
