import JSON

/// What a list is rendered as: all that tells one format from another stands in this file.
package enum ListFormat: Int, CaseIterable, Sendable {
    // In the order in which they are preferred.
    case json, csv, ndjson

    /// As the parameter `format` has it.
    package var name: String {
        switch self {
        case .json: "JSON"
        case .csv: "CSV"
        case .ndjson: "NDJSON"
        }
    }

    /// Tells entity tags apart.
    package var suffix: String {
        switch self {
        case .json: "json"
        case .csv: "csv"
        case .ndjson: "ndjson"
        }
    }

    /// The value of Content-Type; that of CSV says that there is a header (RFC 4180, section 3).
    package var mediaType: String {
        switch self {
        case .json: "application/json"
        case .csv: "text/csv; charset=utf-8; header=present"
        case .ndjson: "application/x-ndjson"
        }
    }

    /// The ranges of `Accept` that it is in, the most specific first (RFC 9110, section 12.5.1).
    package var mediaRanges: [StaticString] {
        switch self {
        case .json: ["application/json", "application/*", "*/*"]
        case .csv: ["text/csv", "text/*", "*/*"]
        case .ndjson: ["application/x-ndjson", "application/*", "*/*"]
        }
    }

    /// What stands behind all rows.
    package var closing: StaticString {
        switch self {
        case .json: "]\n"
        case .csv, .ndjson: ""
        }
    }

    /// What stands between two rows.
    var separator: [UInt8] { self == .json ? RowLayout.comma : [] }

    /// What stands in front of all rows with these titles.
    func opening(_ titles: [String]) -> [UInt8] {
        var opening: [UInt8] = []
        switch self {
        case .json: opening.append(UInt8(ascii: "["))
        case .csv: CSV.append(header: titles, to: &opening)
        case .ndjson: break
        }
        return opening
    }

    /// What ends a row.
    var rowEnd: [UInt8] {
        switch self {
        case .json: Array("}".utf8)
        case .csv: CSV.endOfLine
        case .ndjson: Array("}\n".utf8)
        }
    }

    var values: ValueStyle { self == .csv ? .csv : .json }
}

/// How values are written, whatever is around them.
enum ValueStyle {
    /// Each with its title, in an object.
    case json
    /// In the order of the titles.
    case csv

    /// What stands in front of the values of a column; `place` is that of the column in the row.
    func opening(of title: String, at place: Int) -> [UInt8] {
        let comma = place > 0 ? RowLayout.comma : []
        guard self == .json else { return comma }
        var opening = place > 0 ? comma : [UInt8(ascii: "{")]
        JSONString.append(title.utf8, to: &opening)
        return opening + [UInt8(ascii: ":")]
    }

    /// What stands for a value that is not known.
    var nothing: [UInt8] { self == .csv ? [] : Array("null".utf8) }

    /// What stands around a text in which no byte is escaped.
    var quote: [UInt8] { self == .csv ? [] : [UInt8(ascii: "\"")] }

    func append(text: ArraySlice<UInt8>, to output: inout [UInt8]) {
        switch self {
        case .json: JSONString.append(text, to: &output)
        case .csv: CSV.append(field: text, to: &output)
        }
    }

    /// About how much longer rows are than they are stored: an object names its members.
    var growth: Int { self == .csv ? 1 : 3 }
}
