import Merging
import Testing
import TopLists

struct JoinAccountTests {
    @Test func `the first row of a key counts, in the main source and in the others`() throws {
        let joined = try Joined(
            rank: #"[{"id":1,"symbol":"A"},{"id":2,"symbol":"B"},{"id":1,"symbol":"C"}]"#,
            price: #"[{"id":2,"price":20},{"id":1,"price":10},{"id":2,"price":21},{"id":2,"price":22}]"#)
        #expect(joined.lines == ["1,A,10,1", "2,B,20,2"])
        #expect(joined.account.duplicates == 3)
        #expect(joined.account.samples["duplicates"] == ["rank: 1 C", "price: 2 ", "price: 2 "])
    }

    @Test func `keys of one source only are counted for it`() throws {
        let joined = try Joined(
            rank: #"[{"id":1},{"id":2},{"id":3},{"id":3}]"#, price: #"[{"id":3,"price":1},{"id":4,"price":1}]"#)
        #expect(joined.account.matched == 1)
        #expect(joined.account.only == [2, 1])
    }

    @Test func `symbols that differ other than in case are conflicts, and the main source's is shown`() throws {
        let joined = try Joined(
            rank: #"[{"id":1,"symbol":"IOTA"},{"id":2,"symbol":"btc"},{"id":3,"symbol":"X"},{"id":4}]"#,
            price: """
                [{"id":1,"symbol":"MIOTA","price":1},{"id":2,"symbol":"BTC","price":2},{"id":3,"price":3},
                {"id":4,"symbol":"Y","price":4}]
                """)
        #expect(joined.lines == ["1,IOTA,1,1", "2,btc,2,2", "3,X,3,3", "4,,4,4"])
        #expect(joined.account.conflicts == 1)
        #expect(joined.account.samples["conflicts"] == ["1 IOTA / MIOTA"])
    }

    @Test func `what is unpriced is counted among the matched`() throws {
        let joined = try Joined(
            rank: #"[{"id":1,"symbol":"A"},{"id":2,"symbol":"B"}]"#,
            price: #"[{"id":1,"price":"-"},{"id":2,"price":0}]"#)
        #expect(joined.lines == ["1,B,0,2"])
        #expect(joined.account.matched == 2)
        #expect(joined.account.unpriced == 1)
        #expect(joined.account.samples == ["unpriced": ["1 A"]])
    }

    @Test(arguments: [
        #""1,234.5""#, #"" 1.5 ""#, #"".5""#, #""0005.10""#, #""+1.5""#, "true", #""NaN""#, "1e999", #""""#,
        #""1 000""#, #""١""#,
    ])
    func `a value that is no decimal is counted for its column, with the row that it is in`(value: String) throws {
        let plan = JoinPlan(
            sources: JoinPlan.toplist.sources, key: "id", keyType: .integer, label: "symbol",
            columns: [
                JoinPlan.Column(ListColumn(name: "Symbol", type: .string), .source(0, member: "symbol")),
                JoinPlan.Column(ListColumn(name: "Volume", type: .decimal), .source(1, member: "volume")),
            ])
        let joined = try Joined(
            plan,
            [
                [#"[{"id":1,"symbol":"A"},{"id":2,"symbol":"B"},{"id":3,"symbol":"C"}]"#],
                [#"[{"id":1,"volume":\#(value)},{"id":2,"volume":null},{"id":3}]"#],
            ])
        #expect(joined.lines == ["A,", "B,", "C,"])
        #expect(joined.account.unreadable == [0, 1])
        #expect(joined.account.samples == ["unreadable_Volume": ["1 A: \(value)"]])
    }

    @Test func `a value below its column's minimum, and a text column's true, are unreadable too`() throws {
        let plan = JoinPlan(
            sources: JoinPlan.toplist.sources, key: "id", keyType: .integer, label: nil,
            columns: [
                JoinPlan.Column(ListColumn(name: "Symbol", type: .string), .source(0, member: "symbol")),
                JoinPlan.Column(ListColumn(name: "Price", type: .decimal), .source(1, member: "price"), minimum: 0),
            ])
        let joined = try Joined(plan, [[#"[{"id":1,"symbol":true}]"#], [#"[{"id":1,"price":-1}]"#]])
        #expect(joined.lines == [","])
        #expect(joined.account.unreadable == [1, 1])
    }

    @Test func `one source is a list`() throws {
        let plan = JoinPlan(
            sources: [JoinPlan.Source(name: "markets")], key: "id", keyType: .string, label: nil,
            columns: [
                JoinPlan.Column(ListColumn(name: "Rank", type: .integer), .position),
                JoinPlan.Column(
                    ListColumn(name: "Price", type: .decimal), .source(0, member: "price"), isRequired: true),
                JoinPlan.Column(ListColumn(name: "ID", type: .string), .key),
            ])
        let joined = try Joined(
            plan, [[#"[{"id":"bitcoin","price":5},{"id":"x","price":null},{"id":"ether","price":1.50}]"#]])
        #expect(joined.lines == ["1,5,bitcoin", "2,1.50,ether"])
        #expect(joined.account.matched == 3 && joined.account.only == [0] && joined.account.unpriced == 1)
    }

    @Test func `five samples of a kind are kept, the first ones`() throws {
        let rows = (1...20).map { #"{"id":\#($0),"symbol":"S\#($0)"}"# }.joined(separator: ",")
        let prices = (1...20).map { #"{"id":\#($0),"price":null}"# }.joined(separator: ",")
        let joined = try Joined(rank: "[\(rows),\(rows)]", price: "[\(prices)]")
        #expect(joined.account.unpriced == 20 && joined.account.duplicates == 20)
        #expect(joined.account.samples["unpriced"] == ["1 S1", "2 S2", "3 S3", "4 S4", "5 S5"])
        #expect(joined.account.samples["duplicates"]?.count == 5)
    }
}
