import HTTPServer
import Orders
import TestSupport
import Testing

@testable import Serving

@Suite struct OrderBodyTests {
    private func read(
        _ body: String, type: String? = "application/json", keys: [String] = []
    ) throws(Problem) -> OrderRequest {
        try OrderBody.request(Array(body.utf8), type: type, keys: keys)
    }

    private func body(_ amount: String, currency: String = #""USD""#, key: String = #""k-1""#) -> String {
        #"{"currency":\#(currency),"amount":\#(amount),"idempotence_key":\#(key)}"#
    }

    @Test(arguments: [
        (#""123.45""#, "123.45"), ("123.45", "123.45"), ("100.00", "100"), ("100", "100"), (#""100.00000000""#, "100"),
        ("0.00000001", "0.00000001"), (#""999999999.99999999""#, "999999999.99999999"),
        // As a double this would be another number.
        ("90071992.54740993", "90071992.54740993"), ("0.1", "0.1"),
    ]) func `amounts are read from their digits, as strings and as numbers`(json: String, amount: String) throws {
        let order = try read(body(json))
        #expect("\(order.amount)" == amount && order.currency == .usd && "\(order.key)" == "k-1")
    }

    @Test func `members that are not known are let be, whatever they hold`() throws {
        let order = try read(
            #" {"note":{"amount":"1"},"currency":"EUR","list":[1,{"currency":"x"}],"amount":"5","idempotence_key":"a"} "#
        )
        #expect(order.currency == .eur && "\(order.amount)" == "5")
    }

    @Test func `the key may stand in the header field, plain or quoted, or in both`() throws {
        let alone = #"{"currency":"USD","amount":"1"}"#
        #expect("\(try read(alone, keys: ["abc"]).key)" == "abc")
        #expect("\(try read(alone, keys: [#""abc""#]).key)" == "abc")
        #expect("\(try read(body("1"), keys: ["k-1", #""k-1""#]).key)" == "k-1")
    }

    @Test(arguments: [nil, "application/json", "application/json; charset=utf-8", "Application/JSON ;x=y"])
    func `a type that is JSON, or none, will do`(type: String?) throws {
        #expect("\(try read(body("1"), type: type).amount)" == "1")
    }

    @Test(arguments: ["text/plain", "application/x-www-form-urlencoded", "application/json5", "", "json"])
    func `another type is refused`(type: String) {
        expect(415, "unsupported-media-type") { try read(body("1"), type: type) }
    }

    @Test(arguments: ["", "x", "[]", "null", "1", "{", #"{"currency":"USD",}"#, "{'currency':'USD'}", "\u{FEFF}{}"])
    func `a body that is no JSON object is refused`(body: String) {
        expect(422, "bad-body") { try read(body) }
    }

    @Test(arguments: [
        "0", "0.0", #""0""#, #""0.00000000""#, "-1", #""-1""#, #""+5""#, "1e5", #""1e5""#, "1E-2", #""NaN""#, #""inf""#,
        "1000000000", #""1000000000""#, "0.000000001", #""1.123456789""#, #""5.""#, #"".5""#, #"" 5""#, #""5 ""#,
        #""5\n""#,
        #""5\u0000""#, #""""#, #""٣""#, #""1,5""#, #""1_000""#, #""0x10""#, #""01""#, "true", "null", "[5]",
        #"{"value":5}"#,
        "\"" + String(repeating: "9", count: 1000) + "\"", String(repeating: "9", count: 1000),
    ]) func `an amount that cannot be ordered is refused, with what could be`(json: String) {
        let problem = expect(422, "bad-parameter") { try read(body(json)) }
        #expect(problem?.members.first?.value == .text("amount"))
        #expect(problem?.members.contains { $0.value == .text(Amount.accepted) } == true)
    }

    @Test(arguments: [
        #""usd""#, #""CHFX""#, #""""#, #""USD ""#, "1", "null", #"["USD"]"#, #""US\u0044D""#,
    ]) func `another currency is refused`(json: String) {
        let problem = expect(422, "bad-parameter") { try read(body("1", currency: json)) }
        #expect(problem?.members.first?.value == .text("currency"))
        #expect(problem?.members[1].value == .text("EUR, GBP, USD"))
    }

    @Test func `any code of three capital letters is for the ledger to judge`() throws {
        #expect(try read(body("1", currency: #""CHF""#)).currency == .chf)
    }

    @Test func `a currency in small letters is told the right one`() {
        let problem = expect(422, "bad-parameter") { try read(body("1", currency: #""gbp""#)) }
        #expect(problem?.members.last?.value == .text("GBP"))
    }

    @Test(arguments: [
        #""""#, #"" ""#, #""a b""#, #""ä""#, #""a\r\nX: y""#, "5", "null", "[]",
        "\"" + String(repeating: "k", count: 256) + "\"", "\"" + String(repeating: "k", count: 300) + "\"",
    ]) func `a key that cannot be one is refused`(json: String) {
        let problem = expect(422, "bad-parameter") { try read(body("1", key: json)) }
        #expect(problem?.members.first?.value == .text("idempotence_key"))
    }

    @Test func `missing, repeated and contradicting members are refused`() {
        for body in [
            #"{"amount":"1","idempotence_key":"k"}"#, #"{"currency":"USD","idempotence_key":"k"}"#,
            #"{"currency":"USD","amount":"1"}"#, #"{"currency":"USD","amount":"1","idempotence_key":"k","amount":"2"}"#,
        ] {
            expect(422, "bad-parameter") { try read(body) }
        }
        expect(422, "bad-parameter") { try read(body("1"), keys: ["other"]) }
        expect(422, "bad-parameter") { try read(body("1"), keys: [""]) }
    }

    @discardableResult
    private func expect(
        _ status: Int, _ code: String, sourceLocation: SourceLocation = #_sourceLocation,
        _ body: () throws -> OrderRequest
    ) -> Problem? {
        do {
            let order = try body()
            Issue.record("was read as \(order)", sourceLocation: sourceLocation)
            return nil
        } catch let problem as Problem {
            #expect(problem.status == status && problem.code == code, "\(problem)", sourceLocation: sourceLocation)
            return problem
        } catch {
            Issue.record(error, sourceLocation: sourceLocation)
            return nil
        }
    }
}
