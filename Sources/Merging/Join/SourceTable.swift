package import JSON

/// The rows of one source, as ranges of the bytes in which they were published: numbers keep their digits.
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

    /// The members in the order of `JoinPlan.members`.
    init(members: [String]) {
        self.members = members.map { Array($0.utf8) }
    }

    func cell(_ row: Int, _ member: Int) -> Cell {
        cells[row * members.count + member]
    }

    /// The cell's text: a string out of its quotes and escapes, a number's digits; as a rule without a copy.
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

    /// Adds rows behind those there are: a source may be the union of several streams.
    package mutating func append(rows: [UInt8]) throws(JSONSyntaxError) {
        let start = bytes.count
        bytes += rows
        var lexer = JSONLexer()
        let text = rows.span
        guard try lexer.next(in: text).kind == .beginArray else { throw JSONSyntaxError("not an array of rows", at: 0) }
        var token = try lexer.next(in: text)
        while token.kind != .endArray {
            guard token.kind == .beginObject else {
                throw JSONSyntaxError("a row is not an object", at: token.range.lowerBound)
            }
            try appendRow(&lexer, text, offset: start)
            token = try lexer.next(in: text)
            guard token.kind == .comma else { break }
            token = try lexer.next(in: text)
            guard token.kind == .beginObject else {
                throw JSONSyntaxError("a row is missing", at: token.range.lowerBound)
            }
        }
        guard token.kind == .endArray, try lexer.next(in: text).kind == .end else {
            throw JSONSyntaxError("the rows do not end with one closing bracket", at: token.range.lowerBound)
        }
    }

    /// Reads the members of one object, whose brace has been read.
    private mutating func appendRow(
        _ lexer: inout JSONLexer, _ text: Span<UInt8>, offset: Int
    ) throws(JSONSyntaxError) {
        let row = cells.count
        cells.append(contentsOf: repeatElement(Cell(), count: members.count))
        count += 1
        var token = try lexer.next(in: text)
        if token.kind == .endObject { return }
        while true {
            guard case .string(let hasEscapes) = token.kind else {
                throw JSONSyntaxError("a row's member has no name", at: token.range.lowerBound)
            }
            let member = memberIndex(token.range, hasEscapes, text)
            guard try lexer.next(in: text).kind == .colon else {
                throw JSONSyntaxError("a row's member has no colon", at: token.range.upperBound)
            }
            let value = try lexer.next(in: text)
            let kind = try Self.kind(of: value)
            if let member {
                let range = value.range.lowerBound + offset..<value.range.upperBound + offset
                cells[row + member] = Cell(kind: kind, range: range)
            }
            token = try lexer.next(in: text)
            if token.kind == .endObject { return }
            guard token.kind == .comma else {
                throw JSONSyntaxError("a row's members need a comma between them", at: token.range.lowerBound)
            }
            token = try lexer.next(in: text)
        }
    }

    private static func kind(of token: JSONToken) throws(JSONSyntaxError) -> Cell.Kind {
        switch token.kind {
        case .number: return .number
        case .string(let hasEscapes): return hasEscapes ? .escapedString : .string
        case .null: return .missing
        case .true, .false: return .other
        default: throw JSONSyntaxError("a row's member is not a scalar", at: token.range.lowerBound)
        }
    }

    private func memberIndex(_ range: Range<Int>, _ hasEscapes: Bool, _ text: Span<UInt8>) -> Int? {
        guard !hasEscapes else {
            let name = Array(JSONString.decode(range, hasEscapes: true, in: text).utf8)
            return members.firstIndex(of: name)
        }
        let length = range.count - 2
        return members.firstIndex { member in
            guard member.count == length else { return false }
            for index in 0..<length where member[index] != text[range.lowerBound + 1 + index] { return false }
            return true
        }
    }
}
