import Basics

/// The table of contents of a block: it is read first, and small.
///
/// Numbers are LEB128, and texts are preceded by their length:
///
///     layouts: count; of each: columns (JSON), key's column + 1 (0: none), count of fields, their names
///     labels: count, titles of text columns
///     segments: count; of each: minutes, layout + 1 (0: none), order's column + 1 (0: none), kinds of its minutes, two bits each,
///               length of its minutes' part, length of its lists as they are
///     coins: count, keys in ascending order, each less the one before; in bits the place of each in the directory
///     groups of 64 coins of the directory: of each: the length of the group, and of the coins' chunks
struct Outline {
    struct Placed {
        let segment: Segment.Summary
        /// The offset of its first minute in the block.
        let start: Int
        let minutesPart: Range<Int>
        let raw: Range<Int>
    }

    struct Group {
        let directory: Range<Int>
        let chunks: Range<Int>
    }

    let head: BlockHead
    let layouts: [Layout]
    let labelNames: [String]
    let segments: [Placed]
    /// Ascending.
    let keys: [Int64]
    /// The place of each key's coin in the directory.
    let places: [Int32]
    /// The key at each place of the directory.
    let keysByPlace: [Int64]
    let groups: [Group]

    static let groupSize = 64

    /// The place of a coin in the directory; nil if it is in no list of the block.
    func place(of key: Int64) -> Int? {
        var (low, high) = (0, keys.count)
        while low < high {
            let middle = (low + high) / 2
            if keys[middle] < key { low = middle + 1 } else { high = middle }
        }
        return low < keys.count && keys[low] == key ? Int(places[low]) : nil
    }

    /// The index of the segment with this minute, an offset in the block.
    func segment(at minute: Int) -> Int? {
        segments.firstIndex { $0.start <= minute && minute < $0.start + $0.segment.kinds.count }
    }

    init(_ head: BlockHead, _ bytes: [UInt8]) throws(BlockDamage) {
        let name = "the block's outline"
        guard CRC32.of(bytes) == head.outlineSum else {
            throw BlockDamage("\(name) is not what was written: its CRC-32 differs")
        }
        func wrong(_ what: String) -> BlockDamage { BlockDamage("\(name) has \(what)") }
        var reader = ByteReader(bytes[...], name)
        self.head = head
        var layouts: [Layout] = []
        for _ in 0..<(try reader.takeCount()) { layouts.append(try Layout(&reader)) }
        self.layouts = layouts
        var names: [String] = []
        for _ in 0..<(try reader.takeCount()) { names.append(String(decoding: try reader.takeText(), as: UTF8.self)) }
        labelNames = names
        var segments: [Placed] = []
        var (start, parts, raw) = (0, head.minutesParts.lowerBound, head.raw.lowerBound)
        for _ in 0..<(try reader.takeCount()) {
            let summary = try Segment.Summary(&reader, layouts)
            let (length, rawLength) = (try reader.takeNumber(), try reader.takeNumber())
            guard length <= head.minutesParts.upperBound - parts, rawLength <= head.raw.upperBound - raw else {
                throw wrong("a segment that is longer than what there is")
            }
            segments.append(
                Placed(segment: summary, start: start, minutesPart: parts..<parts + length, raw: raw..<raw + rawLength))
            (start, parts, raw) = (start + summary.kinds.count, parts + length, raw + rawLength)
        }
        guard start == head.minutes else { throw wrong("\(start) minutes instead of \(head.minutes)") }
        self.segments = segments
        let count = try reader.takeCount()
        var keys: [Int64] = []
        keys.reserveCapacity(count)
        var last: Int64 = 0
        for index in 0..<count {
            let (key, isOver) = last.addingReportingOverflow(Int64(try reader.takeNumber()))
            guard !isOver, index == 0 || key > last else { throw wrong("keys that do not ascend") }
            keys.append(key)
            last = key
        }
        self.keys = keys
        places = try Self.places(count, &reader)
        // No key is negative.
        var byPlace = [Int64](repeating: -1, count: count)
        for (key, place) in zip(keys, places) { byPlace[Int(place)] = key }
        guard !byPlace.contains(-1) else { throw wrong("two coins at one place") }
        keysByPlace = byPlace
        var groups: [Group] = []
        var (directory, chunks) = (head.directory.lowerBound, head.chunks.lowerBound)
        for _ in 0..<(count + Self.groupSize - 1) / Self.groupSize {
            let (length, chunksLength) = (try reader.takeNumber(), try reader.takeNumber())
            guard length <= head.directory.upperBound - directory, chunksLength <= head.chunks.upperBound - chunks
            else {
                throw wrong("a group that is longer than what there is")
            }
            groups.append(Group(directory: directory..<directory + length, chunks: chunks..<chunks + chunksLength))
            (directory, chunks) = (directory + length, chunks + chunksLength)
        }
        self.groups = groups
    }

    private static func places(_ count: Int, _ reader: inout ByteReader) throws(BlockDamage) -> [Int32] {
        let width = placeWidth(count)
        let bytes = try reader.take((count * width + 7) / 8)
        let places = try BitReader.read(bytes, "the block's outline") { bits in
            (0..<count).map { _ in Int32(truncatingIfNeeded: bits.read(width)) }
        }
        guard places.allSatisfy({ (0..<Int32(count)).contains($0) }) else {
            throw BlockDamage("the block's outline has a place that there is not")
        }
        return places
    }

    /// The number of bits for a place.
    static func placeWidth(_ count: Int) -> Int { count < 2 ? 0 : Int.bitWidth - (count - 1).leadingZeroBitCount }
}

extension Segment {
    /// The outline's description of a segment.
    struct Summary {
        let layout: Int?
        let order: Int?
        let kinds: [Kind]

        /// The number of lists whose rows are in chunks.
        let tables: Int

        fileprivate init(_ reader: inout ByteReader, _ layouts: [Layout]) throws(BlockDamage) {
            let wrong = BlockDamage("the block's outline has a segment that cannot be")
            let count = try reader.takeNumber()
            guard (1...Segment.mostMinutes).contains(count) else { throw wrong }
            let (layout, order) = (try reader.takeNumber() - 1, try reader.takeNumber() - 1)
            guard layout < layouts.count, order < 0 || layout >= 0 && order < layouts[layout].columns.count else {
                throw wrong
            }
            (self.layout, self.order) = (layout < 0 ? nil : layout, order < 0 ? nil : order)
            let bytes = Array(try reader.take((count + 3) / 4))
            kinds = (0..<count).map { Kind.allCases[Int(bytes[$0 / 4] >> UInt8($0 % 4 * 2) & 3)] }
            tables = kinds.count { $0 == .rows }
            guard layout >= 0 || !kinds.contains(where: \.isList) else { throw wrong }
            // Lists without columns are kept as they are.
            guard layout >= 0 && !layouts[layout].columns.isEmpty || !kinds.contains(.rows) else { throw wrong }
        }
    }
}

extension Layout {
    fileprivate init(_ reader: inout ByteReader) throws(BlockDamage) {
        let json = try reader.takeText()
        let key = try reader.takeNumber() - 1
        self.init(json: json, key: nil)
        guard key < columns.count else { throw BlockDamage("the block's outline has a key that is no column") }
        self.init(json: json, columns: columns, key: key < 0 ? nil : key)
        for _ in 0..<(try reader.takeCount()) { fields.append(String(decoding: try reader.takeText(), as: UTF8.self)) }
    }
}
