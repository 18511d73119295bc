import Basics

/// Writes the wanted columns of rows as CSV and as JSON, number for number as it is stored.
struct RowRenderer {
    private(set) var csv: [UInt8] = []
    private(set) var json: [UInt8] = [UInt8(ascii: "[")]
    private let shown: [Shown]

    private struct Shown {
        /// nil for a column that is not stored.
        let index: Int?
        let type: ListColumn.Kind
        /// What stands in front of its values in JSON.
        let opening: [UInt8]
    }

    /// `capacity` is about how many bytes will come.
    init(columns: [ListColumn], wanted: [String], capacity: Int) {
        shown = wanted.enumerated().map { place, name in
            let index = columns.firstIndex { $0.name == name }
            var opening = [place > 0 ? UInt8(ascii: ",") : UInt8(ascii: "{")]
            JSONString.append(name.utf8, to: &opening)
            opening.append(UInt8(ascii: ":"))
            return Shown(index: index, type: index.map { columns[$0].type } ?? .string, opening: opening)
        }
        csv.reserveCapacity(capacity)
        json.reserveCapacity(capacity * 3)
        CSV.append(header: wanted.map { ListColumn(name: $0, type: .string) }, to: &csv)
    }

    /// A row out of its quotes.
    mutating func append(_ row: [[UInt8]]) {
        append(isPlain: false) { row[$0][...] }
    }

    /// A row without quotes: as a rule its bytes are taken over as they are.
    mutating func append(_ record: PlainRecord, of text: [UInt8]) {
        append(isPlain: record.isPlainInJSON) { text[record.fields[$0]] }
    }

    /// `isPlain` says that neither CSV nor JSON writes any of its bytes in another way.
    private mutating func append(isPlain: Bool, _ field: (Int) -> ArraySlice<UInt8>) {
        if json.count > 1 { json.append(UInt8(ascii: ",")) }
        for (place, column) in shown.enumerated() {
            if place > 0 { csv.append(UInt8(ascii: ",")) }
            json += column.opening
            guard let index = column.index else {
                json += Self.null
                continue
            }
            let value = field(index)
            if column.type == .string {
                append(text: value, isPlain)
            } else {
                append(number: value)
            }
        }
        csv += CSV.endOfLine
        json.append(UInt8(ascii: "}"))
    }

    private mutating func append(text: ArraySlice<UInt8>, _ isPlain: Bool) {
        guard isPlain else {
            CSV.append(field: text, to: &csv)
            return JSONString.append(text, to: &json)
        }
        csv += text
        json.append(UInt8(ascii: "\""))
        json += text
        json.append(UInt8(ascii: "\""))
    }

    private mutating func append(number: ArraySlice<UInt8>) {
        let start = csv.count
        json += PlainDecimal.append(number, to: &csv) ? csv[start...] : Self.null[...]
    }

    private static let null = Array("null".utf8)
}
