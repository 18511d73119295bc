import Basics
import Config
import JQ

extension BodyFormat {
    private enum Kind: String, CaseIterable {
        case json, ndjson, csv
    }

    init?(reading reader: ConfigReader) {
        let kind = reader.choice(
            "format", default: Kind.json,
            "`csv` is an array of objects of texts for the filters, `ndjson` the array of its values.")
        let delimiter = reader.parsed(
            "delimiter", type: "character", default: ",", allowsLines: true, "What stands between the fields of CSV."
        ) {
            guard let byte = $0.utf8.first, $0.utf8.count == 1, byte >= 0x20 || byte == 0x09, byte != UInt8(ascii: "\"")
            else {
                throw InvalidText("should be one ASCII character, such as \";\"")
            }
            return byte
        }
        let columns = reader.strings("columns", "The columns of CSV; without them the first record names them.")
        let skip = reader.integer(
            "skip", default: 0, in: 0...1000, "How many lines of CSV stand before the first record.")
        for (index, column) in (columns ?? []).enumerated()
        where !column.isEmpty && columns?.firstIndex(of: column) != index {
            reader.complain(about: "columns", element: index, "is another column's name too")
        }
        if kind != .csv {
            for field in ["delimiter", "columns", "skip"] where reader.has(field) {
                reader.complain(about: field, "only says something about csv")
            }
        }
        reader.finish()
        guard let kind, let delimiter, let columns, let skip else { return nil }
        switch kind {
        case .json: self = .json
        case .ndjson: self = .ndjson
        case .csv:
            self = .csv(CSVSettings(delimiter: delimiter, columns: columns.isEmpty ? nil : columns, skip: skip))
        }
    }
}

/// How to find out when a page is from, and how old it may be.
struct AsOfSettings: Sendable {
    let filter: JQProgram
    let maximumAge: Duration

    init?(reading reader: ConfigReader) {
        let filter = reader.program(
            "filter",
            "A jq filter for the time that a page says it is from: RFC 3339, a date, or seconds or milliseconds since 1970."
        )
        let maximumAge = reader.duration(
            "max_age", default: "7d", in: .seconds(60)...(.seconds(3660 * 86_400)),
            "A list with an older page is refused.")
        reader.finish()
        guard let filter, let maximumAge else { return nil }
        self.filter = filter
        self.maximumAge = maximumAge
    }
}
