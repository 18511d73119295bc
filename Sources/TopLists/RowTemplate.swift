/// A row's layout for plain records: constant text, and between it what is copied, neighbours at one go.
struct RowTemplate {
    private struct Piece {
        /// Stands in front of what is copied.
        let text: Range<Int>
        let columns: ClosedRange<Int>
    }

    /// All constant text, in the order in which it comes.
    private var text: [UInt8] = []
    private var pieces: [Piece] = []
    private var closing = 0..<0

    init(_ layout: RowLayout) {
        var start = 0
        for column in layout.columns {
            guard let index = column.index else {
                text += column.opening + layout.nothing
                continue
            }
            let quote = layout.format == .json && column.type == .string ? [UInt8(ascii: "\"")] : []
            if layout.format == .csv, let last = pieces.last, last.columns.upperBound + 1 == index, start == text.count
            {
                pieces[pieces.count - 1] = Piece(text: last.text, columns: last.columns.lowerBound...index)
            } else {
                text += column.opening + quote
                pieces.append(Piece(text: start..<text.count, columns: index...index))
                start = text.count
            }
            text += quote
        }
        text += layout.closing
        closing = start..<text.count
    }

    /// No row of a record that is so long is longer, in bytes.
    func longest(_ record: Int) -> Int { text.count + pieces.count * record }

    /// Returns how many bytes it wrote; there must be room for `longest`.
    func write(
        _ record: borrowing PlainRecord, of stored: Span<UInt8>, to output: UnsafeMutableRawBufferPointer
    ) -> Int {
        let text = text.span
        var count = 0
        for piece in pieces {
            count += Self.copy(piece.text, of: text, to: output, at: count)
            let first = record.fields[piece.columns.lowerBound].lowerBound
            let end = record.fields[piece.columns.upperBound].upperBound
            count += Self.copy(first..<end, of: stored, to: output, at: count)
        }
        return count + Self.copy(closing, of: text, to: output, at: count)
    }

    private static func copy(
        _ range: Range<Int>, of bytes: Span<UInt8>, to output: UnsafeMutableRawBufferPointer, at start: Int
    ) -> Int {
        bytes.extracting(range).withUnsafeBytes {
            UnsafeMutableRawBufferPointer(rebasing: output[start...]).copyMemory(from: $0)
        }
        return range.count
    }
}
