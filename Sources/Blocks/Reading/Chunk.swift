/// A coin's rows of one segment, decoded.
struct Chunk {
    /// A bit for each list of the segment that has rows: whether the coin is in it.
    private let presence: UInt64
    /// By which the rows of a list are ordered: numbers of a column, or places.
    private let order: [Int64]
    /// Of each column, in the order of the layout's `chunkColumns`.
    let columns: [TextSeries.Texts]

    func has(list: Int) -> Bool { presence >> UInt64(list) & 1 == 1 }

    /// The place of the coin's row among its rows; nil if the list does not have it.
    func row(inList list: Int) -> Int? {
        guard has(list: list) else { return nil }
        return (presence & ((1 << UInt64(list)) &- 1)).nonzeroBitCount
    }

    func order(ofRow row: Int) -> Int64 { order[row] }

    /// `bytes` are those of the chunk, with its CRC-32; `lists` is the number of its segment's lists that have rows.
    init(_ bytes: ArraySlice<UInt8>, lists: Int, columns count: Int) throws(BlockDamage) {
        let name = "a coin's chunk"
        let content = try CRC32.opened(bytes, name)
        (presence, order, columns) = try BitReader.read(content, name) { (bits) throws(BlockDamage) in
            let all: UInt64 = lists == 0 ? 0 : .max >> UInt64(64 - lists)
            let presence = bits.readBit() ? all : bits.read(lists)
            let rows = presence.nonzeroBitCount
            var order: [Int64] = []
            order.reserveCapacity(rows)
            try NumberSeries.read(rows, from: &bits, into: &order)
            var columns: [TextSeries.Texts] = []
            columns.reserveCapacity(count)
            for _ in 0..<count { columns.append(try TextSeries.Texts(rows, from: &bits)) }
            return (presence, order, columns)
        }
    }
}
