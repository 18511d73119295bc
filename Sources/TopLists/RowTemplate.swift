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

    /// Writes the row of a record whose fields begin there, and returns how many bytes it has; there must be room for `longest`.
    func write(
        _ starts: UnsafeMutableBufferPointer<Int>, of stored: UnsafeRawBufferPointer,
        to output: UnsafeMutableRawBufferPointer
    ) -> Int {
        text.withUnsafeBytes { text in
            var count = 0
            func copy(_ range: Range<Int>, of bytes: UnsafeRawBufferPointer) {
                UnsafeMutableRawBufferPointer(rebasing: output[count...])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[range]))
                count += range.count
            }
            for piece in pieces {
                copy(piece.text, of: text)
                copy(starts[piece.columns.lowerBound]..<starts[piece.columns.upperBound + 1] - 1, of: stored)
            }
            copy(closing, of: text)
            return count
        }
    }
}
