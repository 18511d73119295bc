import Basics

/// The layout of a row in a format, value by value, for any content.
struct RowLayout {
    struct Column {
        /// nil if the column is not stored.
        let index: Int?
        let type: ListColumn.Kind
        /// The text before its values.
        let opening: [UInt8]
    }

    let format: ListFormat
    let columns: [Column]
    /// The text before all rows.
    let opening: [UInt8]

    /// `stored` are the stored columns, and `wanted` the titles of those to output.
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

    /// Writes a row with these stored values.
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

    /// Returns false and writes nothing if a value that should be a number is not one.
    private func append(_ value: ArraySlice<UInt8>, _ type: ListColumn.Kind, to output: inout [UInt8]) -> Bool {
        switch type {
        case .string: format.values.append(text: value, to: &output)
        case .integer, .decimal: return PlainDecimal.append(value, to: &output)
        }
        return true
    }
}
