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
        let values = layout.format.values
        var start = 0
        for column in layout.columns {
            guard let index = column.index else {
                text += column.opening + values.nothing
                continue
            }
            let quote = column.type == .string ? values.quote : []
            // Neighbours that are stored as they are written, with the comma between them.
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
        // Room to read as much as is copied at once.
        text += [UInt8](repeating: 0, count: ShortCopy.length)
    }

    /// There must be so much room for a row, with a comma in front of it, of a record that is so long, in bytes.
    func longest(_ record: Int) -> Int { 1 + text.count + pieces.count * record + ShortCopy.length }

    /// Writes the row of a record whose fields begin there to a place, which is moved behind it; there must be room for
    /// `longest`.
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
