import Merging
import Testing

struct JoinTests {
    @Test func `the first source gives the order, and positions count what comes out`() throws {
        let joined = try Joined(
            rank: #"[{"id":3,"symbol":"C"},{"id":9,"symbol":"X"},{"id":1,"symbol":"A"},{"id":2,"symbol":"B"}]"#,
            price: #"[{"id":1,"price":10},{"id":2,"price":null},{"id":3,"price":30},{"id":8,"price":80}]"#)
        #expect(joined.header == "Rank,Symbol,Price USD,CMC ID")
        #expect(joined.lines == ["1,C,30,3", "2,A,10,1"])
        #expect(joined.count == 2)
    }

    @Test func `the members of a row may stand in any order, with others between them`() throws {
        let joined = try Joined(
            rank: #"[{"name":"\"id\":7","symbol":"A","id":1}]"#,
            price: #" [ { "price" : 5 , "volume" : 1e400 , "id" : 1 , "active" : true } ] "#)
        #expect(joined.lines == ["1,A,5,1"])
    }

    @Test func `a member's name may be written with escapes`() throws {
        let joined = try Joined(
            rank: #"[{"\u0069d":1,"symbol":"A"}]"#, price: #"[{"id":1,"\u0070rice":5}]"#)
        #expect(joined.lines == ["1,A,5,1"])
    }

    @Test func `no rows give a list with a header only`() throws {
        let joined = try Joined(rank: "[]", price: #"[{"id":1,"price":5}]"#)
        #expect(joined.lines.isEmpty && joined.count == 0)
        #expect(joined.account.only == [0, 1])
    }

    @Test(arguments: [
        (#""BTC""#, "BTC"), (#""a,b""#, #""a,b""#), (#""$A,\"B\"""#, #""$A,""B""""#), (#""=1+1""#, "=1+1"),
        (#""币安人生""#, "币安人生"), (#""\u5e01""#, "币"), (#""\ud83d\ude00""#, "😀"), (#""null""#, "null"), ("7", "7"),
        ("null", ""), ("true", ""), (#""""#, ""),
    ])
    func `a symbol is a text that is never altered`(json: String, cell: String) throws {
        let joined = try Joined(rank: #"[{"id":1,"symbol":\#(json)}]"#, price: #"[{"id":1,"price":5}]"#)
        #expect(joined.lines == ["1,\(cell),5,1"])
    }

    @Test func `a symbol with a line's end stays one cell`() throws {
        let joined = try Joined(rank: #"[{"id":1,"symbol":"a\nb"}]"#, price: #"[{"id":1,"price":5}]"#)
        #expect(joined.lines == ["1,\"a\nb\",5,1"])
    }

    @Test(arguments: [
        ("109232.0570596378", "109232.0570596378"), ("98765432109.87654", "98765432109.87654"), ("5", "5"),
        ("1.50", "1.50"), ("0", "0"), ("0.00", "0.00"), ("1.2e-9", "0.0000000012"), ("1.2e-09", "0.0000000012"),
        ("3.1477979E7", "31477979"), ("1E2", "100"), (#""81401.385""#, "81401.385"), (#""1e-3""#, "0.001"),
        ("12345678901234567890.123456789012345678", "12345678901234567890.123456789012345678"),
    ])
    func `a price keeps its digits and loses its exponent`(json: String, cell: String) throws {
        #expect(try Joined.price(json) == cell)
    }

    @Test(arguments: ["null", "true", #""""#, #""NaN""#, #""Infinity""#, #""1,5""#, "-1", "-1e-9", "1e999", #""٣""#])
    func `a row without a good price is dropped`(json: String) throws {
        #expect(try Joined.price(json) == nil)
    }

    @Test func `a price that is missing drops the row`() throws {
        let joined = try Joined(rank: #"[{"id":1,"symbol":"A"}]"#, price: #"[{"id":1}]"#)
        #expect(joined.lines.isEmpty)
        #expect(joined.account.unpriced == 1 && joined.account.matched == 1)
    }
}
