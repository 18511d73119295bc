import Basics
import NIOCore
import TopLists

/// What is at hand of a list, in the buffers that answers hold: shared by all event loops, as it never changes.
struct ServedList: Sendable {
    let description: ListDescription
    /// Of each format.
    private var rows = [RenderedRows?](repeating: nil, count: ListFormat.allCases.count)

    var minute: Minute { description.minute }

    init(_ description: ListDescription) {
        self.description = description
    }

    /// Has the rows at hand unless there are as many already.
    mutating func take(_ rows: RenderedRows) {
        let place = rows.format.rawValue
        if self.rows[place]?.count ?? -1 < rows.count { self.rows[place] = rows }
    }

    /// What a list costs that is wholly at hand in two formats, however long it is.
    static let wholeCost = 10_000

    /// The share of its rows that is at hand.
    var cost: Int {
        let rows = rows.reduce(0) { $0 + ($1.map { max(1, $0.count) } ?? 0) }
        return (rows * Self.wholeCost / 2 + description.count - 1) / max(1, description.count)
    }

    func rows(_ query: ListQuery) -> ServedRows? { rows(first: query.limit, as: query.format) }

    /// The first rows, or all when there are fewer, without a copy; nil when so many are not at hand.
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
    /// All but what stands behind all rows.
    let open: ByteBuffer
}
