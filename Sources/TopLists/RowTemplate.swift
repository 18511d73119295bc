/// A row's layout for plain records: constant text alternates with copied fields, and adjacent fields are copied together.
struct RowTemplate {
    private struct Piece {
        /// Comes before what is copied.
        let text: Range<Int>
        let columns: ClosedRange<Int>
    }

    /// All constant text, in order.
    private var text: [UInt8] = []
    private var pieces: [Piece] = []
    private var closing = 0..<0

    init(_ layout: RowLayout) {
        let values = layout.format.values
        var start = 0
        for column in layout.columns {
            guard let index = column.index else {
                text += column.opening + values.nothing
                continue
            }
            let quote = column.type == .string ? values.quote : []
            // Adjacent columns that are output as stored, including the comma between them.
            if let last = pieces.last, last.columns.upperBound + 1 == index, start == text.count,
                column.opening + quote == RowLayout.comma
            {
                pieces[pieces.count - 1] = Piece(text: last.text, columns: last.columns.lowerBound...index)
            } else {
                text += column.opening + quote
                pieces.append(Piece(text: start..<text.count, columns: index...index))
                start = text.count
            }
            text += quote
        }
        text += layout.format.rowEnd
        closing = start..<text.count
        // Padding, so that a short copy may read beyond the text.
        text += [UInt8](repeating: 0, count: ShortCopy.length)
    }

    /// The number of bytes that must be free to write the row of a record of this length, with a comma before it.
    func longest(_ record: Int) -> Int { 1 + text.count + pieces.count * record + ShortCopy.length }

    /// Writes the row of a record with these field starts at `place`, which is advanced; `longest` bytes must be free.
    @inline(__always)
    func write(
        _ starts: UnsafeMutableBufferPointer<Int>, of stored: UnsafeRawBufferPointer,
        to output: UnsafeMutableRawBufferPointer, at place: inout Int
    ) {
        text.withUnsafeBytes { text in
            for piece in pieces {
                if !piece.text.isEmpty {
                    ShortCopy.copy(piece.text.lowerBound, piece.text.upperBound, of: text, to: output, at: &place)
                }
                let (start, next) = (starts[piece.columns.lowerBound], starts[piece.columns.upperBound &+ 1])
                ShortCopy.copy(start, next &- 1, of: stored, to: output, at: &place)
            }
            ShortCopy.copy(closing.lowerBound, closing.upperBound, of: text, to: output, at: &place)
        }
    }
}
