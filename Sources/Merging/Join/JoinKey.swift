import Basics

/// The value that rows are matched by.
enum JoinKey: Hashable {
    case integer(Int64)
    case string([UInt8])

    /// The key of a row; nil if it has none.
    ///
    /// Integers may be JSON numbers or strings of digits; surrounding spaces and leading zeros are removed.
    init?(_ cell: SourceTable.Cell, of table: SourceTable, type: JoinPlan.KeyType) {
        switch (type, cell.kind) {
        case (_, .missing), (_, .other): return nil
        case (.integer, _):
            let digits = table.text(cell).trimmingSuffix { $0 == 0x20 }.drop { $0 == 0x20 }
            guard !digits.isEmpty, digits.allSatisfy(isDigit) else { return nil }
            let significant = digits.drop { $0 == UInt8(ascii: "0") }
            guard significant.count <= 18 else { return nil }
            self = .integer(significant.reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) })
        case (.string, _):
            let text = table.text(cell)
            guard !text.isEmpty else { return nil }
            self = .string(Array(text))
        }
    }

    var text: [UInt8] {
        switch self {
        case .integer(let number): Array(String(number).utf8)
        case .string(let text): text
        }
    }
}
