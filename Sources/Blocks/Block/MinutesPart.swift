/// What a segment stores about its minutes besides the rows of their lists: digests, counts, and the fields of entries.
///
/// In this order: the 32 bytes of SHA-256 of each list; the length of each raw list; the code and the words of each gap; then, as
/// bits, the lists' counts, and for each field whether all lists have it, if not which ones do, and their values. A CRC-32 is at
/// the end.
struct MinutesPart {
    /// One for each list.
    private(set) var digests: [[UInt8]] = []
    private(set) var counts: [Int] = []
    /// One for each raw list.
    private(set) var rawLengths: [Int] = []
    private(set) var gaps: [(code: String, detail: String)] = []
    /// For each of the layout's fields, its value in each list; nil if a list lacks it.
    private(set) var fields: [[[UInt8]?]] = []

    static func bytes(_ minutes: ArraySlice<BlockMinute>, kinds: [Segment.Kind], fields names: [String]) -> [UInt8] {
        var bytes: [UInt8] = []
        let lists = minutes.compactMap { if case .list(let list) = $0 { list } else { nil } }
        for list in lists { bytes += list.digest }
        for (minute, kind) in zip(minutes, kinds) {
            if case .list(let list) = minute, kind == .raw { bytes.append(number: list.csv.count) }
        }
        for case .gap(let code, let detail) in minutes {
            bytes.append(text: code.utf8)
            bytes.append(text: detail.utf8)
        }
        var bits = BitWriter()
        NumberSeries.write(NumberSeries.Plan(lists.map { Int64($0.count) }), to: &bits)
        for name in names {
            let values = lists.map { list in list.fields.first { $0.name == name }?.value }
            let isEverywhere = values.allSatisfy { $0 != nil }
            bits.write(isEverywhere)
            if !isEverywhere { for value in values { bits.write(value != nil) } }
            TextSeries.write(values.compactMap(\.self), to: &bits)
        }
        return CRC32.sealed(bytes + bits.finish())
    }

    init(_ bytes: ArraySlice<UInt8>, kinds: [Segment.Kind], fields count: Int) throws(BlockDamage) {
        let name = "a part of minutes"
        var reader = ByteReader(try CRC32.opened(bytes, name), name)
        let lists = kinds.count(where: \.isList)
        for _ in 0..<lists { digests.append(Array(try reader.take(32))) }
        for _ in 0..<kinds.count(where: { $0 == .raw }) {
            let length = try reader.takeNumber()
            guard length < 1 << 48 else { throw BlockDamage("\(name) has a list that is too long") }
            rawLengths.append(length)
        }
        for _ in 0..<kinds.count(where: { $0 == .gap }) {
            let (code, detail) = (try reader.takeText(), try reader.takeText())
            gaps.append((String(decoding: code, as: UTF8.self), String(decoding: detail, as: UTF8.self)))
        }
        (counts, fields) = try BitReader.read(reader.rest, name) { (bits) throws(BlockDamage) in
            var numbers: [Int64] = []
            try NumberSeries.read(lists, from: &bits, into: &numbers)
            var fields: [[[UInt8]?]] = []
            for _ in 0..<count { fields.append(try Self.field(lists, from: &bits)) }
            return (numbers.map { Int(clamping: $0) }, fields)
        }
    }

    private static func field(_ lists: Int, from bits: inout BitReader) throws(BlockDamage) -> [[UInt8]?] {
        let isEverywhere = bits.readBit()
        let has = (0..<lists).map { _ in isEverywhere || bits.readBit() }
        let texts = try TextSeries.Texts(has.count(where: \.self), from: &bits)
        var index = 0
        return has.map { has in
            guard has else { return nil }
            var value: [UInt8] = []
            texts.append(index, to: &value)
            index += 1
            return value
        }
    }
}
