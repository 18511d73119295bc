/// A group of coins of a block's directory.
struct DirectoryGroup: Sendable {
    struct Entry {
        /// The lowest place of its rows in a list, from 0 on.
        let best: Int
        /// Where each segment's chunk stands in the block; empty where there is none.
        let chunks: [Range<Int>]
        /// Of each text column of the block.
        let labels: [[Label]]

        /// The value of a text column in a minute, which is counted from the block's first; nil before the first one.
        func label(_ column: Int, at minute: Int) -> [UInt8]? {
            labels[column].last { $0.minute <= minute }?.text
        }

        /// Whether the value of a text column does not change from a minute on, as that of nearly all coins.
        func isConstant(_ column: Int, from minute: Int) -> Bool {
            labels[column].last.map { $0.minute <= minute } ?? true
        }
    }

    let entries: [Entry]

    init(_ bytes: [UInt8], number: Int, _ outline: Outline) throws(BlockDamage) {
        let name = "group \(number + 1) of the block's directory"
        var reader = ByteReader(try CRC32.opened(bytes[...], name), name)
        let chunks = outline.groups[number].chunks
        var (place, entries): (Int, [Entry]) = (chunks.lowerBound, [])
        let start = number * Outline.groupSize
        for _ in start..<min(start + Outline.groupSize, outline.keys.count) {
            let best = try reader.takeNumber()
            var ranges: [Range<Int>] = []
            for _ in outline.segments {
                let length = try reader.takeNumber()
                guard length <= chunks.upperBound - place else {
                    throw BlockDamage("\(name) tells of a chunk that is longer than what there is")
                }
                ranges.append(place..<place + length)
                place += length
            }
            var labels: [[Label]] = []
            for _ in outline.labelNames { labels.append(try Self.labels(&reader, outline.head.minutes, name)) }
            entries.append(Entry(best: best, chunks: ranges, labels: labels))
        }
        self.entries = entries
    }

    private static func labels(
        _ reader: inout ByteReader, _ minutes: Int, _ name: String
    ) throws(BlockDamage) -> [Label] {
        var (labels, minute): ([Label], Int) = ([], 0)
        for _ in 0..<(try reader.takeCount()) {
            let difference = try reader.takeNumber()
            guard difference < minutes - minute else {
                throw BlockDamage("\(name) has a label of a minute that there is not")
            }
            minute += difference
            labels.append(Label(minute: minute, text: try reader.takeText()))
        }
        return labels
    }
}
