package import JSON

/// The rows of one source, as ranges of the published bytes, so that numbers keep their digits.
package struct SourceTable: Sendable {
    struct Cell {
        enum Kind { case missing, number, string, escapedString, other }

        var kind: Kind = .missing
        var range: Range<Int> = 0..<0
    }

    private let members: [[UInt8]]
    private(set) var bytes: [UInt8] = []
    private var cells: [Cell] = []
    private(set) var count = 0

    /// The members, in the order of `JoinPlan.members`.
    init(members: [String]) {
        self.members = members.map { Array($0.utf8) }
    }

    func cell(_ row: Int, _ member: Int) -> Cell {
        cells[row * members.count + member]
    }

    /// The cell's text: a decoded string, or a number's digits; usually without a copy.
    func text(_ cell: Cell) -> ArraySlice<UInt8> {
        switch cell.kind {
        case .missing, .other: return []
        case .number: return bytes[cell.range]
        case .string: return bytes[cell.range.dropFirst().dropLast()]
        case .escapedString:
            var text: [UInt8] = []
            JSONString.appendDecoded(cell.range, hasEscapes: true, in: bytes.span, to: &text)
            return text[...]
        }
    }

    /// The cell as it was published, at most 100 characters of it, for people.
    func shown(_ cell: Cell) -> String {
        String(String(decoding: bytes[cell.range], as: UTF8.self).prefix(100))
    }

    /// Appends rows; a source may be the union of several streams.
    package mutating func append(rows: [UInt8]) throws(JSONSyntaxError) {
        let start = bytes.count
        bytes += rows
        let text = rows.span
        var reader = FlatRowsReader()
        while try reader.nextRow(in: text) {
            let row = cells.count
            cells.append(contentsOf: repeatElement(Cell(), count: members.count))
            count += 1
            while let (name, value) = try reader.nextMember(in: text) {
                guard let member = name.index(among: members, in: text) else { continue }
                let range = value.range.lowerBound + start..<value.range.upperBound + start
                cells[row + member] = Cell(kind: Self.kind(of: value), range: range)
            }
        }
    }

    private static func kind(of token: JSONToken) -> Cell.Kind {
        switch token.kind {
        case .number: .number
        case .string(let hasEscapes): hasEscapes ? .escapedString : .string
        case .null: .missing
        default: .other
        }
    }
}
