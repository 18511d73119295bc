import Basics
import NIOCore
import TopLists

/// The cached rows of a list, in the buffers that responses use; immutable, and shared by all event loops.
struct ServedList: Sendable {
    let description: ListDescription
    /// One for each format.
    private var rows = [RenderedRows?](repeating: nil, count: ListFormat.allCases.count)

    var minute: Minute { description.minute }

    init(_ description: ListDescription) {
        self.description = description
    }

    /// Keeps the rows, unless at least as many are cached already.
    mutating func take(_ rows: RenderedRows) {
        let place = rows.format.rawValue
        if self.rows[place]?.count ?? -1 < rows.count { self.rows[place] = rows }
    }

    /// The cost of a list that is completely cached in two formats, whatever its length.
    static let wholeCost = 10_000

    /// The share of its rows that is cached.
    var cost: Int {
        let rows = rows.reduce(0) { $0 + ($1.map { max(1, $0.count) } ?? 0) }
        return (rows * Self.wholeCost / 2 + description.count - 1) / max(1, description.count)
    }

    func rows(_ query: ListQuery) -> ServedRows? { rows(first: query.limit, as: query.format) }

    /// The first rows, or all if there are fewer, without a copy; nil if not enough are cached.
    func rows(first limit: Int, as format: ListFormat) -> ServedRows? {
        let count = min(limit, description.count)
        guard let rows = rows[format.rawValue], count <= rows.count else { return nil }
        return rows.bytes.getSlice(at: 0, length: Int(rows.ends[count])).map {
            ServedRows(list: description, count: count, format: format, open: $0)
        }
    }
}

/// A list's first rows in a format.
struct ServedRows: Sendable {
    let list: ListDescription
    let count: Int
    let format: ListFormat
    /// Everything except the closing part after all rows.
    let open: ByteBuffer
}
