/// Finds the row of a key: in an array for small integers, such as ids of coins, and in a dictionary for all others.
struct KeyIndex {
    private static let direct: Int64 = 1 << 17

    private(set) var keys: [JoinKey] = []
    /// Rows by key; -1 if there is none.
    private var rows: [Int32] = []
    private var others: [JoinKey: Int] = [:]

    init(capacity: Int) {
        keys.reserveCapacity(capacity)
    }

    subscript(key: JoinKey) -> Int? {
        guard let place = Self.place(of: key) else { return others[key] }
        guard place < rows.count, rows[place] >= 0 else { return nil }
        return Int(rows[place])
    }

    /// Returns false if the key already has a row.
    mutating func insert(_ key: JoinKey, row: Int) -> Bool {
        guard self[key] == nil else { return false }
        keys.append(key)
        if let place = Self.place(of: key), let row = Int32(exactly: row) {
            if rows.count <= place { rows += [Int32](repeating: -1, count: max(place + 1 - rows.count, 4096)) }
            rows[place] = row
        } else {
            others[key] = row
        }
        return true
    }

    private static func place(of key: JoinKey) -> Int? {
        if case .integer(let number) = key, number < direct { Int(number) } else { nil }
    }
}
