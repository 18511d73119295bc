import Basics
import TopLists

/// Which columns lists have, and how each is stored.
struct Layout: Equatable {
    /// As the entries have them: JSON.
    let json: [UInt8]
    let columns: [ListColumn]
    /// The column by which a coin is found in all lists; nil where the place in its list stands for it.
    let key: Int?
    /// The names of the entries' other fields.
    var fields: [String] = []

    /// What every list of it begins with.
    let header: [UInt8]

    /// Columns of numbers, the key not among them: in chunks.
    var numbers: [Int] { columns.indices.filter { columns[$0].type != .string && $0 != key } }
    /// Columns of texts: they seldom change.
    var texts: [Int] { columns.indices.filter { columns[$0].type == .string } }

    /// The columns whose cells stand in a coin's chunk as texts, in that order.
    func chunkColumns(_ order: Int?) -> [Int] { numbers.filter { $0 != order } }

    /// `key` is the title of the wanted column.
    ///
    /// Columns that cannot be read, or of which two have one title, make a layout without any, whose lists are kept as they are.
    init(json: [UInt8], key wanted: String?) {
        var columns = (try? ListColumn.columns(json)) ?? []
        if Set(columns.map(\.name)).count < columns.count { columns = [] }
        self.init(json: json, columns: columns, key: columns.firstIndex { $0.name == wanted && $0.type == .integer })
    }

    init(json: [UInt8], columns: [ListColumn], key: Int?) {
        (self.json, self.columns, self.key) = (json, columns, key)
        var header: [UInt8] = []
        CSV.append(header: columns.map(\.name), to: &header)
        self.header = header
    }
}
