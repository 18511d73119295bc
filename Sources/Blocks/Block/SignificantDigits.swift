import TopLists

/// How many significant digits the decimals of a list keep: further digits are rounded half up, and trailing zeros removed.
package struct SignificantDigits: Equatable, Sendable {
    package let count: Int

    /// The field of a list's entry that states this number.
    package static let field = "digits"

    package init(_ count: Int) {
        self.count = count
    }

    /// Rounds the decimals of a list, and adds the field that states it.
    ///
    /// A list that cannot be parsed, and cells that are not plain decimals, stay unchanged.
    package func reduced(_ list: BlockList) -> BlockList {
        let fields =
            list.fields.filter { $0.name != Self.field }
            + [BlockList.Field(name: Self.field, value: Array("\(count)".utf8))]
        return BlockList(csv: csv(list), columns: list.columns, count: list.count, fields: fields)
    }

    private func csv(_ list: BlockList) -> [UInt8] {
        let layout = Layout(json: list.columns, key: nil)
        guard let table = ListTable(list.csv, layout), table.count > 0 else { return list.csv }
        var csv = Array(list.csv[..<layout.header.count])
        csv.reserveCapacity(list.csv.count)
        for row in 0..<table.count {
            for (column, kind) in layout.columns.map(\.type).enumerated() {
                if column > 0 { csv.append(UInt8(ascii: ",")) }
                let cell = list.csv[table.range(row, column)]
                csv += (kind == .decimal ? rounded(cell) : nil) ?? Array(cell)
            }
            csv += CSV.endOfLine
        }
        return csv
    }

    /// Returns nil if the text has no more digits, or is not a plain decimal.
    func rounded(_ text: some Collection<UInt8>) -> [UInt8]? {
        let zero = UInt8(ascii: "0")
        let isNegative = text.first == UInt8(ascii: "-")
        let parts = text.dropFirst(isNegative ? 1 : 0).split(
            separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy { (0x30...0x39).contains($0) } }) else { return nil }
        var digits = parts.flatMap { $0 }
        var point = parts[0].count
        guard let first = digits.firstIndex(where: { $0 != zero }), digits.count - first > count else { return nil }
        let isUp = digits[first + count] >= UInt8(ascii: "5")
        digits.removeSubrange((first + count)...)
        if isUp { Self.increment(&digits, &point) }
        while digits.count < point { digits.append(zero) }
        while digits.count > point, digits.last == zero { digits.removeLast() }
        let whole = (isNegative ? [UInt8(ascii: "-")] : []) + digits[..<point]
        return digits.count == point ? whole : whole + [UInt8(ascii: ".")] + digits[point...]
    }

    /// Adds one to the last digit.
    private static func increment(_ digits: inout [UInt8], _ point: inout Int) {
        var place = digits.count - 1
        while place >= 0, digits[place] == UInt8(ascii: "9") {
            digits[place] = UInt8(ascii: "0")
            place -= 1
        }
        if place >= 0 {
            digits[place] += 1
        } else {
            digits.insert(UInt8(ascii: "1"), at: 0)
            point += 1
        }
    }
}
