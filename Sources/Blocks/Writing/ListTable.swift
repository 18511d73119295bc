import Basics
import TopLists

/// The positions of the cells in a list's CSV; cells are taken as written, quotes included.
///
/// Joined with commas and CRLF after the header, the cells give the same list, byte for byte.
struct ListTable {
    fileprivate let bytes: [UInt8]
    /// How many columns each row has.
    let width: Int
    /// Where each cell begins, row by row, followed by the end of the list.
    ///
    /// The separator between two cells, a comma or CRLF, comes just before the second.
    fileprivate let starts: [UInt32]
    /// For each row, the key that identifies it in other lists.
    private(set) var keys: [Int64] = []

    var count: Int { keys.count }

    /// Returns nil if the list could not be restored exactly: it does not begin with the layout's header, a row has another
    /// number of cells, a quote is misplaced, or a key is repeated or not a whole number of 0 or more.
    init?(_ csv: [UInt8], _ layout: Layout) {
        guard !layout.columns.isEmpty, csv.count < Int(UInt32.max), csv.starts(with: layout.header) else { return nil }
        bytes = csv
        width = layout.columns.count
        guard let starts = Self.starts(csv, from: layout.header.count, width) else { return nil }
        self.starts = starts
        let rows = (starts.count - 1) / width
        guard let column = layout.key else {
            keys = (0..<Int64(rows)).map(\.self)
            return
        }
        keys.reserveCapacity(rows)
        for row in 0..<rows {
            guard let key = number(row, column), key.places == 0, key.digits >= 0 else { return nil }
            keys.append(key.digits)
        }
        if Self.areRepeated(keys) { return nil }
    }

    private static func areRepeated(_ keys: [Int64]) -> Bool {
        let most = keys.max() ?? 0
        guard most < Int64(keys.count) * 256 else {
            // Equal keys are neighbours once sorted; a set takes ten times as long.
            let sorted = keys.sorted()
            return zip(sorted, sorted.dropFirst()).contains(where: ==)
        }
        // Keys are usually small, so a bit set is enough.
        var seen = [UInt64](repeating: 0, count: Int(most) / 64 + 1)
        for key in keys {
            let (word, bit) = (Int(key) / 64, UInt64(1) << UInt64(key & 63))
            if seen[word] & bit != 0 { return true }
            seen[word] |= bit
        }
        return false
    }

    func range(_ row: Int, _ column: Int) -> Range<Int> {
        let cell = row * width + column
        return Int(starts[cell])..<Int(starts[cell + 1]) - (column == width - 1 ? 2 : 1)
    }

    /// A cell as a number; nil if it is not a number.
    func number(_ row: Int, _ column: Int) -> PlainNumber? {
        bytes.withUnsafeBytes { PlainNumber(UnsafeRawBufferPointer(rebasing: $0[range(row, column)])) }
    }

    /// Returns nil if the rows are not formatted as `CSV` writes them.
    private static func starts(_ csv: [UInt8], from first: Int, _ width: Int) -> [UInt32]? {
        var starts: [UInt32] = []
        starts.reserveCapacity((csv.count - first) / 6 + 1)
        let isGood = csv.withUnsafeBufferPointer { csv in
            var (place, column) = (first, 0)
            while place < csv.count {
                starts.append(UInt32(place))
                guard let end = end(of: place, in: csv) else { return false }
                column += 1
                let isLast = column == width
                if isLast {
                    guard end + 1 < csv.count, csv[end] == 0x0D, csv[end + 1] == 0x0A else { return false }
                    (place, column) = (end + 2, 0)
                } else {
                    guard end < csv.count, csv[end] == UInt8(ascii: ",") else { return false }
                    place = end + 1
                    // A list must end with the end of a line.
                    if place == csv.count { return false }
                }
            }
            starts.append(UInt32(csv.count))
            return column == 0
        }
        return isGood ? starts : nil
    }

    /// The end of the cell that begins at `start`; nil if its quotes are not closed.
    private static func end(of start: Int, in csv: UnsafeBufferPointer<UInt8>) -> Int? {
        var place = start
        if csv[place] == UInt8(ascii: "\"") {
            place += 1
            while place < csv.count {
                if csv[place] == UInt8(ascii: "\"") {
                    // Two quotes are one inside the cell.
                    guard place + 1 < csv.count, csv[place + 1] == UInt8(ascii: "\"") else { return place + 1 }
                    place += 1
                }
                place += 1
            }
            return nil
        }
        while place < csv.count {
            let byte = csv[place]
            if byte == UInt8(ascii: ",") || byte == 0x0D { return place }
            if byte == UInt8(ascii: "\"") || byte == 0x0A { return nil }
            place += 1
        }
        return place
    }
}

/// The cells of several lists of equal width in contiguous memory, because they are read coin by coin across all lists.
struct JoinedTables {
    private var bytes: [UInt8] = []
    private var starts: [UInt32] = []
    /// For each list, the offsets of its bytes and of its cells.
    private var bases: [(bytes: Int, cells: Int)] = []
    private let width: Int

    init(_ tables: [ListTable]) {
        width = tables.first?.width ?? 0
        bytes.reserveCapacity(tables.reduce(0) { $0 + $1.bytes.count })
        starts.reserveCapacity(tables.reduce(0) { $0 + $1.starts.count })
        for table in tables {
            bases.append((bytes.count, starts.count))
            bytes += table.bytes
            starts += table.starts
        }
    }

    /// Only valid during the call of `withCells`.
    struct Cells {
        fileprivate let bytes: UnsafeRawBufferPointer
        fileprivate let starts: UnsafeBufferPointer<UInt32>
        fileprivate let bases: UnsafeBufferPointer<(bytes: Int, cells: Int)>
        fileprivate let width: Int

        func cell(_ table: Int, _ row: Int, _ column: Int) -> UnsafeRawBufferPointer {
            let base = bases[table]
            let cell = base.cells + row * width + column
            let (start, end) = (Int(starts[cell]), Int(starts[cell + 1]) - (column == width - 1 ? 2 : 1))
            return UnsafeRawBufferPointer(rebasing: bytes[base.bytes + start..<base.bytes + end])
        }
    }

    func withCells(_ body: (Cells) -> Void) {
        bytes.withUnsafeBytes { bytes in
            starts.withUnsafeBufferPointer { starts in
                bases.withUnsafeBufferPointer { bases in
                    body(Cells(bytes: bytes, starts: starts, bases: bases, width: width))
                }
            }
        }
    }
}
