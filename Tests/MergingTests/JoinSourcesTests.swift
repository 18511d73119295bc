import Merging
import Testing
import TopLists

struct JoinSourcesTests {
    /// The shipped join and a third source that need not be there.
    private static let withNames = JoinPlan(
        sources: JoinPlan.toplist.sources + [JoinPlan.Source(name: "names", isOptional: true)], key: "id",
        keyType: .integer, label: "symbol",
        columns: JoinPlan.toplist.columns + [
            JoinPlan.Column(ListColumn(name: "Name", type: .string), .source(2, member: "name"))
        ])

    private static let rank = #"[{"id":1,"symbol":"A"},{"id":2,"symbol":"B"}]"#
    private static let price = #"[{"id":2,"price":20},{"id":1,"price":10}]"#

    @Test func `an optional source adds what it has`() throws {
        let joined = try Joined(
            Self.withNames, [[Self.rank], [Self.price], [#"[{"id":2,"name":"Bee"},{"id":3,"name":"Sea"}]"#]])
        #expect(joined.lines == ["1,A,10,1,", "2,B,20,2,Bee"])
        #expect(joined.account.matched == 2)
        #expect(joined.account.only == [0, 0, 1])
    }

    @Test func `without an optional source the list is made all the same`() throws {
        let joined = try Joined(Self.withNames, [[Self.rank], [Self.price], nil])
        #expect(joined.header == "Rank,Symbol,Price USD,CMC ID,Name")
        #expect(joined.lines == ["1,A,10,1,", "2,B,20,2,"])
        #expect(joined.account.only == [0, 0, 0])
    }

    @Test func `a third source that is not optional must have the key`() throws {
        let third = JoinPlan(
            sources: JoinPlan.toplist.sources + [JoinPlan.Source(name: "names")], key: "id", keyType: .integer,
            label: "symbol", columns: Self.withNames.columns)
        let joined = try Joined(third, [[Self.rank], [Self.price], [#"[{"id":2,"symbol":"b"}]"#]])
        #expect(joined.lines == ["1,B,20,2,"])
        #expect(joined.account.only == [1, 1, 0])
        #expect(joined.account.conflicts == 0)
    }

    @Test func `a source that is a union has its streams' rows one behind the other`() throws {
        let joined = try Joined(
            .toplist,
            [
                [#"[{"id":5,"symbol":"\u0045"}]"#, "[]", #"[{"id":5,"symbol":"no"},{"id":"4","symbol":"D,d"}]"#],
                [#"[{"id":4,"price":"4.0"}]"#, #" [{"price":1.5e1,"id":5}]"#],
            ])
        #expect(joined.lines == ["1,E,15,5", #"2,"D,d",4.0,4"#])
        #expect(joined.account.duplicates == 1)
    }

    @Test func `a column may stand for any member of any source`() throws {
        let plan = JoinPlan(
            sources: JoinPlan.toplist.sources, key: "id", keyType: .integer, label: nil,
            columns: [
                JoinPlan.Column(ListColumn(name: "id", type: .integer), .source(1, member: "id")),
                JoinPlan.Column(ListColumn(name: "pairs", type: .integer), .source(1, member: "pairs")),
                JoinPlan.Column(ListColumn(name: "key", type: .integer), .key),
            ])
        let joined = try Joined(
            plan,
            [
                [#"[{"id":1},{"id":2},{"id":3}]"#],
                [#"[{"id":"01","pairs":7},{"id":2,"pairs":7.5},{"id":3,"pairs":"1e2"}]"#],
            ])
        #expect(joined.lines == [",7,1", "2,,2", "3,100,3"])
    }
}
