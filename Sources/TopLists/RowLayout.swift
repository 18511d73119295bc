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
                opening: format.values.opening(of: name, at: place))
        }
        opening = format.opening(wanted)
    }

    static let comma = [UInt8(ascii: ",")]

    /// Writes a row of these stored values.
    func append(to output: inout [UInt8], _ value: (Int) -> ArraySlice<UInt8>) {
        for column in columns {
            output += column.opening
            guard let index = column.index, append(value(index), column.type, to: &output) else {
                output += format.values.nothing
                continue
            }
        }
        output += format.rowEnd
    }

    /// Returns false, having written nothing, for what should be a number and is none.
    private func append(_ value: ArraySlice<UInt8>, _ type: ListColumn.Kind, to output: inout [UInt8]) -> Bool {
        switch type {
        case .string: format.values.append(text: value, to: &output)
        case .integer, .decimal: return PlainDecimal.append(value, to: &output)
        }
        return true
    }
}
