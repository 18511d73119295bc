import Merging
import Testing

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

    @Test func `five samples of a kind are kept, the first ones`() throws {
        let rows = (1...20).map { #"{"id":\#($0),"symbol":"S\#($0)"}"# }.joined(separator: ",")
        let prices = (1...20).map { #"{"id":\#($0),"price":null}"# }.joined(separator: ",")
        let joined = try Joined(rank: "[\(rows),\(rows)]", price: "[\(prices)]")
        #expect(joined.account.unpriced == 20 && joined.account.duplicates == 20)
        #expect(joined.account.samples["unpriced"] == ["1 S1", "2 S2", "3 S3", "4 S4", "5 S5"])
        #expect(joined.account.samples["duplicates"]?.count == 5)
    }
}
