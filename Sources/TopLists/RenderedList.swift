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
        var rows = RowRenderer(columns: columns, wanted: wanted, capacity: stored.count)
        var (csvEnds, jsonEnds) = ([rows.csv.count], [rows.json.count])
        var record = PlainRecord()
        while reader.position < stored.count {
            if let end = record.scan(stored.span, from: reader.position) {
                guard record.fields.count == columns.count else { throw .rowMalformed(line: csvEnds.count + 1) }
                rows.append(record, of: stored)
                reader.position = end
            } else if let row = reader.next() {
                guard row.count == columns.count else { throw .rowMalformed(line: csvEnds.count + 1) }
                rows.append(row)
            }
            csvEnds.append(rows.csv.count)
            jsonEnds.append(rows.json.count)
        }
        self.minute = minute
        csv = rows.csv
        json = rows.json
        self.csvEnds = csvEnds
        self.jsonEnds = jsonEnds
        count = csvEnds.count - 1
        digest = Self.digest(minute, csv, json)
    }

    private static func digest(_ minute: Minute, _ csv: [UInt8], _ json: [UInt8]) -> String {
        String(Digest.sha256(Array("\(minute)\n".utf8), csv, json).prefix(32))
    }
}
