import Basics

/// How a row looks in a format, value by value, whatever they hold.
struct RowLayout {
    struct Column {
        /// nil for one that is not stored.
        let index: Int?
        let type: ListColumn.Kind
        /// What stands in front of its values.
        let opening: [UInt8]
    }

    let format: ListFormat
    let columns: [Column]
    /// What stands in front of all rows.
    let opening: [UInt8]

    /// `stored` are the columns that there are, `wanted` the titles of those to show.
    init(_ format: ListFormat, stored: [ListColumn], wanted: [String]) {
        self.format = format
        columns = wanted.enumerated().map { place, name in
            let index = stored.firstIndex { $0.name == name }
            return Column(
                index: index, type: index.map { stored[$0].type } ?? .string,
                opening: Self.opening(of: name, at: place, format))
        }
        var opening: [UInt8] = []
        switch format {
        case .csv: CSV.append(header: wanted, to: &opening)
        case .json: opening.append(UInt8(ascii: "["))
        }
        self.opening = opening
    }

    private static func opening(of name: String, at place: Int, _ format: ListFormat) -> [UInt8] {
        guard format == .json else { return place > 0 ? separator : [] }
        var opening = place > 0 ? separator : [UInt8(ascii: "{")]
        JSONString.append(name.utf8, to: &opening)
        return opening + [UInt8(ascii: ":")]
    }

    /// Between values in CSV, and between members and objects in JSON.
    static let separator = [UInt8(ascii: ",")]

    /// What ends a row.
    var closing: [UInt8] { format == .csv ? CSV.endOfLine : [UInt8(ascii: "}")] }

    /// What stands for a value that there is not.
    var nothing: [UInt8] { format == .csv ? [] : Array("null".utf8) }

    /// Writes a row of these stored values.
    func append(to output: inout [UInt8], _ value: (Int) -> ArraySlice<UInt8>) {
        for column in columns {
            output += column.opening
            guard let index = column.index, append(value(index), column.type, to: &output) else {
                output += nothing
                continue
            }
        }
        output += closing
    }

    /// Returns false, having written nothing, for what should be a number and is none.
    private func append(_ value: ArraySlice<UInt8>, _ type: ListColumn.Kind, to output: inout [UInt8]) -> Bool {
        switch (type, format) {
        case (.string, .csv): CSV.append(field: value, to: &output)
        case (.string, .json): JSONString.append(value, to: &output)
        case (.integer, _), (.decimal, _): return PlainDecimal.append(value, to: &output)
        }
        return true
    }
}
