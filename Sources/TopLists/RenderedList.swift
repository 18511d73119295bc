package import Basics
import Digests

/// A minute's list as it is served: rendered once as CSV and as JSON, so that the first N rows are the first bytes.
package struct RenderedList: Sendable {
    package let minute: Minute
    package let count: Int
    /// Half of a SHA-256 of the minute and of all that is served of it, in hexadecimal.
    ///
    /// It is the same wherever the list is rendered, and so fit for an entity tag.
    package let digest: String
    package let csv: [UInt8]
    /// An array but for its closing bracket.
    package let json: [UInt8]
    /// Where each row ends: `csvEnds[n]` bytes are the header and n rows.
    package let csvEnds: [Int]
    /// `jsonEnds[n]` bytes are the opening bracket and n objects.
    package let jsonEnds: [Int]

    package enum Failure: Error, Equatable {
        case headerMissing
        case rowMalformed(line: Int)
    }

    /// Renders the wanted columns of a stored list.
    ///
    /// `columns` are the stored ones, in order. A wanted column that is not stored is empty in CSV and null in JSON, as
    /// is a number that cannot be read as one.
    package init(
        minute: Minute, stored: [UInt8], columns: [ListColumn], wanted: [String]
    ) throws(Failure) {
        var reader = CSVReader(stored)
        guard let header = reader.next(), header == columns.map({ Array($0.name.utf8) }) else { throw .headerMissing }
        let shown = wanted.map { name in
            let index = columns.firstIndex { $0.name == name }
            return Shown(index: index, column: ListColumn(name: name, type: index.map { columns[$0].type } ?? .string))
        }
        var csv: [UInt8] = []
        var json: [UInt8] = [UInt8(ascii: "[")]
        csv.reserveCapacity(stored.count)
        json.reserveCapacity(stored.count * 3)
        CSV.append(header: shown.map(\.column), to: &csv)
        var (csvEnds, jsonEnds) = ([csv.count], [json.count])
        while let row = reader.next() {
            guard row.count == columns.count else { throw .rowMalformed(line: csvEnds.count + 1) }
            if csvEnds.count > 1 { json.append(UInt8(ascii: ",")) }
            Self.append(row, shown, &csv, &json)
            csvEnds.append(csv.count)
            jsonEnds.append(json.count)
        }
        self.minute = minute
        self.csv = csv
        self.json = json
        self.csvEnds = csvEnds
        self.jsonEnds = jsonEnds
        count = csvEnds.count - 1
        digest = Self.digest(minute, csv, json)
    }

    private static func digest(_ minute: Minute, _ csv: [UInt8], _ json: [UInt8]) -> String {
        String(Digest.sha256(Array("\(minute)\n".utf8), csv, json).prefix(32))
    }

    private struct Shown {
        let index: Int?
        let column: ListColumn
    }

    private static func append(_ row: [[UInt8]], _ shown: [Shown], _ csv: inout [UInt8], _ json: inout [UInt8]) {
        for (place, shown) in shown.enumerated() {
            let (index, column) = (shown.index, shown.column)
            if place > 0 { csv.append(UInt8(ascii: ",")) }
            json.append(place > 0 ? UInt8(ascii: ",") : UInt8(ascii: "{"))
            JSONString.append(column.name.utf8, to: &json)
            json.append(UInt8(ascii: ":"))
            guard let index else {
                json += "null".utf8
                continue
            }
            if column.type == .string {
                CSV.append(field: row[index], to: &csv)
                JSONString.append(row[index], to: &json)
            } else {
                let start = csv.count
                let isNumber = PlainDecimal.append(row[index], to: &csv)
                json += isNumber ? csv[start...] : Array("null".utf8)[...]
            }
        }
        csv += CSV.endOfLine
        json.append(UInt8(ascii: "}"))
    }
}
