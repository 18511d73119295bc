import Basics
import JSON
import Merging
import TestSupport
import Testing

/// The join against a second one that is written for being read, with dictionaries and optionals.
struct JoinModelTests {
    private struct Row {
        var json: String
        var key: Int?
        var symbol: String?
        /// As it should stand in the list; nil when it is no price.
        var price: String?
    }

    private static let keys: [(json: String, key: Int?)] =
        (0..<12).map { (number: Int) in ("\(number)", Optional(number)) }
        + [(#""3""#, 3), (#"" 04 ""#, 4), (#""1.0""#, nil), ("null", nil), ("-2", nil), (#""x""#, nil)]
    private static let symbols = ["A", "a", "B", "b", "a,b", "q\"q", "x\ny", "x\r", "币", "ß", ""]
    private static let prices: [(json: String, price: String?)] = [
        ("1.5", "1.5"), (#""2.50""#, "2.50"), ("1.2e-9", "0.0000000012"), ("3.1477979E7", "31477979"), ("0", "0"),
        ("109232.0570596378", "109232.0570596378"), ("null", nil), ("-1", nil), (#""NaN""#, nil), ("false", nil),
    ]

    private static func randomRow(using generator: inout SeededGenerator) -> Row {
        var row = Row(json: "")
        var members: [String] = []
        if let (json, key) = keys.randomElement(using: &generator), Int.random(in: 0..<20, using: &generator) > 0 {
            members.append(#""id":\#(json)"#)
            row.key = key
        }
        if let symbol = symbols.randomElement(using: &generator), Bool.random(using: &generator) {
            members.append(#""symbol":\#(JSONString.quoted(symbol))"#)
            row.symbol = symbol
        }
        if let (json, price) = prices.randomElement(using: &generator), Int.random(in: 0..<20, using: &generator) > 0 {
            members.append(#""price":\#(json)"#)
            row.price = price
        }
        row.json = "{\(members.shuffled(using: &generator).joined(separator: ","))}"
        return row
    }

    private static func cell(_ text: String) -> String {
        text.utf8.contains { Array(",\"\r\n".utf8).contains($0) }
            ? "\"\(text.replacing("\"", with: "\"\""))\"" : text
    }

    private static func check(_ joined: Joined, _ rank: [Row], _ price: [Row], _ seed: UInt64) {
        let ranked = Dictionary(rank.compactMap { row in row.key.map { ($0, row) } }) { first, _ in first }
        let priced = Dictionary(price.compactMap { row in row.key.map { ($0, row) } }) { first, _ in first }
        let matched = Set(ranked.keys).intersection(priced.keys)
        var (seen, lines, conflicts) = (Set<Int>(), [String](), 0)
        for key in rank.compactMap(\.key) where matched.contains(key) && seen.insert(key).inserted {
            let (left, right) = (ranked[key]?.symbol ?? "", priced[key]?.symbol ?? "")
            if !left.isEmpty, !right.isEmpty, left.lowercased() != right.lowercased() { conflicts += 1 }
            guard let price = priced[key]?.price else { continue }
            lines.append("\(lines.count + 1),\(cell(left)),\(price),\(key)")
        }
        let keyed = (rank + price).count { $0.key != nil }
        #expect(joined.lines == lines, "seed \(seed)")
        #expect(joined.count == lines.count, "seed \(seed)")
        #expect(joined.account.matched == matched.count, "seed \(seed)")
        #expect(
            joined.account.only == [ranked.count - matched.count, priced.count - matched.count], "seed \(seed)")
        #expect(joined.account.duplicates == keyed - ranked.count - priced.count, "seed \(seed)")
        #expect(joined.account.noKey == rank.count + price.count - keyed, "seed \(seed)")
        #expect(joined.account.unpriced == matched.count - lines.count, "seed \(seed)")
        #expect(joined.account.conflicts == conflicts, "seed \(seed)")
    }

    @Test func `random tables join as the model joins them`() throws {
        for seed in UInt64(0)..<500 {
            var generator = SeededGenerator(seed: seed)
            let rank = (0..<Int.random(in: 0...25, using: &generator)).map { _ in Self.randomRow(using: &generator) }
            let price = (0..<Int.random(in: 0...25, using: &generator)).map { _ in Self.randomRow(using: &generator) }
            let joined = try Joined(
                rank: "[\(rank.map(\.json).joined(separator: ","))]",
                price: "[\(price.map(\.json).joined(separator: ","))]")
            Self.check(joined, rank, price, seed)
        }
    }
}
