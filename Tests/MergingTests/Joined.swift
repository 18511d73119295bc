import Merging
import TopLists

/// A join of rows written down as JSON, and what came out of it.
struct Joined {
    /// The list's lines behind its header.
    let lines: [String]
    let header: String
    let count: Int
    let account: JoinAccount

    /// For each source the `rows` of its streams; nil for a source that has nothing for the minute.
    init(_ plan: JoinPlan, _ sources: [[String]?]) throws {
        let tables = try sources.enumerated().map { index, streams in
            try streams.map { streams in
                var table = Join.table(for: index, of: plan)
                for rows in streams { try table.append(rows: Array(rows.utf8)) }
                return table
            }
        }
        let result = Join.run(plan, tables)
        let text = String(decoding: result.csv, as: UTF8.self)
        var lines = text.split(separator: "\r\n", omittingEmptySubsequences: false).map(String.init)
        // Every line ends in CRLF, so nothing stands behind the last one.
        precondition(lines.popLast() == "")
        header = lines.removeFirst()
        self.lines = lines
        count = result.count
        account = result.account
    }

    /// The join that is shipped.
    init(rank: String, price: String) throws {
        try self.init(.toplist, [[rank], [price]])
    }

    /// The shipped join of one key, as it stands in the rows.
    init(rankKey: String, priceKey: String = "1") throws {
        try self.init(rank: #"[{"id":\#(rankKey),"symbol":"A"}]"#, price: #"[{"id":\#(priceKey),"price":5}]"#)
    }

    /// What the shipped join makes of one price, as it stands in the row; nil when the row is dropped.
    static func price(_ price: String) throws -> String? {
        let joined = try Joined(rank: #"[{"id":1,"symbol":"A"}]"#, price: #"[{"id":1,"price":\#(price)}]"#)
        return joined.lines.first.map { String($0.dropFirst("1,A,".count).dropLast(",1".count)) }
    }
}

extension JoinPlan {
    static let toplist = JoinPlan(
        sources: [Source(name: "rank"), Source(name: "price")], key: "id", keyType: .integer, label: "symbol",
        columns: [
            Column(ListColumn(name: "Rank", type: .integer), .position),
            Column(ListColumn(name: "Symbol", type: .string), .source(0, member: "symbol")),
            Column(
                ListColumn(name: "Price USD", type: .decimal), .source(1, member: "price"), isRequired: true, minimum: 0
            ),
            Column(ListColumn(name: "CMC ID", type: .integer), .key),
        ])
}
