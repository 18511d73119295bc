import Basics
import TopLists

/// The columns of lists, and how each is stored.
struct Layout: Equatable {
    /// The columns as JSON, as in the entries.
    let json: [UInt8]
    let columns: [ListColumn]
    /// The column that identifies a coin across lists; nil if its row number is used instead.
    let key: Int?
    /// The names of the entries' other fields.
    var fields: [String] = []

    /// The header that every list with this layout begins with.
    let header: [UInt8]

    /// Number columns except the key; they are stored in chunks.
    let numbers: [Int]
    /// Text columns; they seldom change.
    let texts: [Int]

    /// The columns whose cells are stored in a coin's chunk, in that order.
    func chunkColumns(_ order: Int?) -> [Int] { numbers.filter { $0 != order } }

    /// `key` is the title of the key column.
    ///
    /// If the columns cannot be read, or two have the same title, the layout has no columns, and its lists are stored raw.
    init(json: [UInt8], key wanted: String?) {
        var columns = (try? ListColumn.columns(json)) ?? []
        if Set(columns.map(\.name)).count < columns.count { columns = [] }
        self.init(json: json, columns: columns, key: columns.firstIndex { $0.name == wanted && $0.type == .integer })
    }

    init(json: [UInt8], columns: [ListColumn], key: Int?) {
        (self.json, self.columns, self.key) = (json, columns, key)
        numbers = columns.indices.filter { columns[$0].type != .string && $0 != key }
        texts = columns.indices.filter { columns[$0].type == .string }
        var header: [UInt8] = []
        CSV.append(header: columns.map(\.name), to: &header)
        self.header = header
    }
}
