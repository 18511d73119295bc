import Merging
import Testing

struct JoinKeyTests {
    @Test(arguments: ["1", #""1""#, #""01""#, #"" 1 ""#, #"" 0001""#, #""0000000000000000000000000001""#, #""\u0031""#])
    func `an integer key is a number or a string of digits`(key: String) throws {
        #expect(try Joined(rankKey: key).lines == ["1,A,5,1"])
        #expect(try Joined(rankKey: "1", priceKey: key).lines == ["1,A,5,1"])
    }

    @Test(arguments: [
        "null", "true", "-1", "1.0", "1e0", #""1.0""#, #""-1""#, #""+1""#, #""""#, #"" ""#, #""1 1""#, #""x""#,
        #""1\n""#, #""١""#, "12345678901234567890", #""12345678901234567890""#,
    ])
    func `anything else is no integer key`(key: String) throws {
        let joined = try Joined(rankKey: key)
        #expect(joined.lines.isEmpty)
        #expect(joined.account.noKey == 1)
        #expect(joined.account.samples["no_key"] == ["rank: A"])
        #expect(try Joined(rankKey: "1", priceKey: key).account.noKey == 1)
    }

    @Test func `a row without the member has no key`() throws {
        let joined = try Joined(rank: #"[{"symbol":"A"},{}]"#, price: "[]")
        #expect(joined.account.noKey == 2)
    }

    @Test func `zero and eighteen digits are keys like others`() throws {
        for key in ["0", #""000""#, "999999999999999999"] {
            #expect(try Joined(rankKey: key, priceKey: key).count == 1, "\(key)")
        }
    }

    @Test func `keys that are the same number are duplicates however they are written`() throws {
        let joined = try Joined(
            rank: #"[{"id":"01","symbol":"A"},{"id":1,"symbol":"B"}]"#, price: #"[{"id":" 1","price":5}]"#)
        #expect(joined.lines == ["1,A,5,1"])
        #expect(joined.account.duplicates == 1)
    }

    @Test func `string keys are compared byte by byte`() throws {
        let plan = JoinPlan(
            sources: JoinPlan.toplist.sources, key: "id", keyType: .string, label: nil,
            columns: JoinPlan.toplist.columns)
        let joined = try Joined(
            plan,
            [
                [#"[{"id":"01"},{"id":"a,b"},{"id":"\u0061"},{"id":"A"},{"id":""},{"id":7},{"id":null}]"#],
                [#"[{"id":"a","price":1},{"id":"a,b","price":2},{"id":"1","price":3},{"id":"7","price":4}]"#],
            ])
        #expect(joined.lines == [#"1,,2,"a,b""#, "2,,1,a", "3,,4,7"])
        #expect(joined.account.only == [2, 1])
        #expect(joined.account.noKey == 2)
    }
}
