import Basics
import JSON

/// How the body of a response is read, whose value is the input of the filters.
package enum BodyFormat: Equatable, Sendable {
    case json
    /// JSON values one behind the other, usually one a line, which become the elements of an array.
    case ndjson
    /// Records, which become an array of objects.
    case csv(CSVSettings)
}

extension BodyFormat {
    /// For the connection to the process of filters.
    var texts: [String] {
        switch self {
        case .json: ["json"]
        case .ndjson: ["ndjson"]
        case .csv(let csv): ["csv", "\(csv.delimiter)", "\(csv.skip)"] + (csv.columns ?? [])
        }
    }

    init?(texts: [String]) {
        switch texts.first {
        case "json": self = .json
        case "ndjson": self = .ndjson
        case "csv":
            guard texts.count >= 3, let delimiter = UInt8(texts[1]), let skip = Int(texts[2]) else { return nil }
            let columns = Array(texts.dropFirst(3))
            self = .csv(CSVSettings(delimiter: delimiter, columns: columns.isEmpty ? nil : columns, skip: skip))
        default: return nil
        }
    }
}

/// What a provider's CSV looks like.
package struct CSVSettings: Equatable, Sendable {
    let delimiter: UInt8
    /// The names of the columns; nil if the first record has them.
    let columns: [String]?
    /// How many lines stand before the first record.
    let skip: Int

    /// `delimiter` is an ASCII character.
    package init(delimiter: UInt8 = UInt8(ascii: ","), columns: [String]? = nil, skip: Int = 0) {
        self.delimiter = delimiter
        self.columns = columns
        self.skip = skip
    }

    /// Translates CSV (RFC 4180) to a JSON array of objects, whose members are the fields of a record as texts.
    ///
    /// White space around fields is removed, and records without any text are left out. A record with fewer fields than there are
    /// columns lacks the last members; further fields and columns without a name must be empty.
    func json(of text: [UInt8]) throws(JQError) -> [UInt8] {
        var reader = CSVReader(text, delimiter: delimiter, skipsBlanks: true)
        reader.skipLines(skip)
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        if skip == 0, text.starts(with: mark) { reader.position = mark.count }
        let beginning = String(decoding: text[reader.position...].drop(while: Self.isSpace).prefix(9), as: UTF8.self)
        if ["<!doctype", "<html", "<?xml", "<!--"].contains(where: { beginning.lowercased().hasPrefix($0) }) {
            throw JQError("the body is HTML or XML, not CSV", .malformed)
        }
        var columns = columns
        var records: [[UInt8]] = []
        var count = 0
        while let fields = reader.next() {
            count += 1
            let texts = fields.map {
                String(
                    decoding: $0.trimmingPrefix(while: Self.isSpace).trimmingSuffix(while: Self.isSpace), as: UTF8.self)
            }
            guard texts.contains(where: { !$0.isEmpty }) else { continue }
            guard let columns else {
                let names = texts.filter { !$0.isEmpty }
                if let twice = names.first(where: { name in names.count { $0 == name } > 1 }) {
                    throw JQError("two columns of the CSV are called \"\(twice)\"", .malformed)
                }
                columns = texts
                continue
            }
            let surplus = zip(texts.indices, texts).first { index, text in
                !text.isEmpty && (index >= columns.count || columns[index].isEmpty)
            }
            if let (index, _) = surplus {
                throw JQError("record \(count) of the CSV has a field \(index + 1), which has no column", .malformed)
            }
            records.append(
                JSONWriter.object { writer in
                    for (name, text) in zip(columns, texts) where !name.isEmpty { writer.member(name, text) }
                })
        }
        guard !reader.isCut else { throw JQError("the CSV ends within quotes", .malformed) }
        return JSONWriter.array { writer in
            for record in records { writer.values(json: record) }
        }
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
    }
}
