/// Up to an hour of a block, in which all lists have the same columns.
struct Segment {
    enum Kind: UInt8, CaseIterable {
        case missing, gap
        /// A list whose rows are in the coins' chunks.
        case rows
        /// A list that is kept as it is, byte for byte.
        case raw

        var isList: Bool { self == .rows || self == .raw }
    }

    /// What its lists have in common, as a place among the block's layouts; nil if there is no list.
    var layout: Int?
    /// The column by which the rows of all lists ascend; nil if their places are stored.
    let order: Int?
    /// Of each minute.
    let kinds: [Kind]
    /// The bytes of its `MinutesPart`, with their CRC-32.
    let minutes: [UInt8]
    /// The lists that are kept as they are, one behind the other.
    let raw: [UInt8]

    static let mostMinutes = 60
}

/// A value of a text column, and the minute from which on a coin's rows have it.
struct Label: Equatable {
    /// Counted from the first of the block.
    var minute: Int
    let text: [UInt8]
}

/// All that a block has of a coin.
struct Coin {
    /// The lowest place of its rows in a list, from 0 on.
    var best = Int.max
    /// Of each segment, with its CRC-32; empty where the coin is in no list.
    var chunks: [[UInt8]]
    /// Of each text column of the block.
    var labels: [[Label]]

    /// Appends a value unless it is the last one.
    mutating func take(_ label: Label, column: Int) {
        guard labels[column].last?.text != label.text else { return }
        labels[column].append(label)
    }
}
