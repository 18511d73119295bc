/// Up to an hour of a block in which all lists have the same columns.
struct Segment {
    enum Kind: UInt8, CaseIterable {
        case missing, gap
        /// A list whose rows are in the coins' chunks.
        case rows
        /// A list that is stored raw, byte for byte.
        case raw

        var isList: Bool { self == .rows || self == .raw }
    }

    /// The index of its lists' layout in the block; nil if there is no list.
    var layout: Int?
    /// The column by which the rows of all lists ascend; nil if the row numbers are stored instead.
    let order: Int?
    /// One for each minute.
    let kinds: [Kind]
    /// The bytes of its `MinutesPart`, with their CRC-32.
    let minutes: [UInt8]
    /// The raw lists, concatenated.
    let raw: [UInt8]

    static let mostMinutes = 60
}

/// A value of a text column, and the minute from which a coin's rows have it.
struct Label: Equatable {
    /// An offset from the first minute of the block.
    var minute: Int
    let text: [UInt8]
}

/// Everything that a block stores about a coin.
struct Coin {
    /// The lowest row number of the coin in any list, from 0.
    var best = Int.max
    /// One for each segment, with its CRC-32; empty if the coin is in none of its lists.
    var chunks: [[UInt8]]
    /// One array for each text column of the block.
    var labels: [[Label]]

    /// Appends a value if it differs from the last one.
    mutating func take(_ label: Label, column: Int) {
        guard labels[column].last?.text != label.text else { return }
        labels[column].append(label)
    }
}
