/// A coin's rows of one segment, decoded.
struct Chunk {
    /// A bit for each list of the segment that has rows: whether the coin is in it.
    private let presence: UInt64
    /// By which the rows of a list are ordered: numbers of a column, or places.
    private let order: [Int64]
    /// Of each column, in the order of the layout's `chunkColumns`.
    let columns: [TextSeries.Texts]

    /// The place of the coin's row among its rows; nil if the list does not have it.
    func row(inList list: Int) -> Int? {
        guard presence >> UInt64(list) & 1 == 1 else { return nil }
        return (presence & ((1 << UInt64(list)) &- 1)).nonzeroBitCount
    }

    func order(ofRow row: Int) -> Int64 { order[row] }

    /// `bytes` are those of the chunk, with its CRC-32.
    init(_ bytes: ArraySlice<UInt8>, _ segment: Segment.Summary, _ layout: Layout) throws(BlockDamage) {
        let name = "a coin's chunk"
        let content = try CRC32.opened(bytes, name)
        (presence, order, columns) = try BitReader.read(content, name) { (bits) throws(BlockDamage) in
            let lists = segment.tables
            let all: UInt64 = lists == 0 ? 0 : .max >> UInt64(64 - lists)
            let presence = bits.readBit() ? all : bits.read(lists)
            let count = presence.nonzeroBitCount
            var order: [Int64] = []
            order.reserveCapacity(count)
            try NumberSeries.read(count, from: &bits, into: &order)
            var columns: [TextSeries.Texts] = []
            for _ in layout.chunkColumns(segment.order) { columns.append(try TextSeries.Texts(count, from: &bits)) }
            return (presence, order, columns)
        }
    }
}
