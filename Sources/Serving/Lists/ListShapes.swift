import Synchronization
import TopLists

/// The shape of a list according to the index; cached as long as lists have the same columns.
final class ListShapes: Sendable {
    /// The titles of the columns to serve.
    let wanted: [String]
    private let last = Mutex<(columns: [UInt8], shape: ListShape)?>(nil)

    init(wanted: [String]) {
        self.wanted = wanted
    }

    /// `columns` are the stored columns from an entry, as JSON.
    func shape(_ columns: [UInt8]) throws -> ListShape {
        if let last = last.withLock({ $0 }), last.columns == columns { return last.shape }
        let shape = ListShape(stored: try ListColumn.columns(columns), wanted: wanted)
        last.withLock { $0 = (columns, shape) }
        return shape
    }
}
