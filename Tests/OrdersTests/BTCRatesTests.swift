import Basics
import Tape
import TestSupport
import Testing

@testable import Orders

@Suite struct BTCRatesTests {
    private let id = StreamID(milliseconds: 1_795_220_520_000, sequence: 0)

    private func rates(_ rows: String?, source: String = "btc_rate") throws -> BTCRates? {
        var fields = ["source": Array(source.utf8)]
        fields["rows"] = rows.map { Array($0.utf8) }
        return try BTCRates(TapeEntry(id: id, fields: fields))
    }

    @Test func `rates are read from strings and from numbers, digit by digit`() throws {
        let rates = try #require(
            try rates(#"[{"EUR":"79016.52170","GBP":66802.4432,"USD":"0.00000000000000000001"}]"#))
        #expect(rates.minute.description == "2026-11-21T00:22Z" && rates.kind == .real)
        let texts = LedgerTerms.standard.currencies.map { rates.rates[$0].map { "\($0)" } }
        #expect(texts == ["79016.52170", "66802.4432", "0.00000000000000000001"])
        #expect(try self.rates(#"[{"USD":"1","GBP":"1","EUR":"1"}]"#, source: "sandbox")?.kind == .sandbox)
    }

    @Test func `a gap has no rates`() throws {
        #expect(try rates(nil) == nil)
    }

    @Test func `there are rates for whatever the first row has, and what a ledger lacks is told`() throws {
        let rates = try #require(
            try rates(#"[{"CHF":"69000.5","EUR":"1","GBP":null,"price":7,"id":"x"},{"USD":"1"}]"#))
        #expect(Set(rates.rates.keys) == [.chf, .eur])
        #expect(rates.shortfall(for: .standard)?.contains("none for GBP,USD,") == true)
        #expect(rates.shortfall(for: LedgerTerms(cap: Satoshi(1), currencies: [.eur, .chf])) == nil)
    }

    @Test(arguments: [
        "[]", "", "{", #"[{"EUR":null}]"#, #"[{"eur":"1"}]"#, #"[{"EUR":"1","GBP":"1","USD":"0"}]"#,
        #"[{"EUR":"1","GBP":"1","USD":"-1"}]"#, #"[{"EUR":"1","GBP":"1","USD":"NaN"}]"#,
        #"[{"EUR":"1","GBP":"1","USD":"1e5"}]"#, #"[{"EUR":"1","GBP":"1","USD":"0.000000000000000000001"}]"#,
    ]) func `rows without a rate, or with one that cannot be read, are damaged`(rows: String) {
        #expect(throws: DamagedEntry.self) { try rates(rows) }
    }

    @Test func `an offer is made of young rates alone, and says until when it holds by Redis' clock`() throws {
        // A tape that runs ten times as fast, an hour back.
        let now = Timestamp.machineTime
        let start = Minute(containing: now - .seconds(3600)).start
        let clock = TapeClock(scale: ClockScale(start: start, origin: now, speed: 10))
        let request = OrderRequest(
            currency: .usd, amount: try #require(Amount("10".utf8)), key: try #require(IdempotenceKey("k")))
        func offer(_ minutes: Int) throws -> Offer? {
            let minute = Minute(containing: start).advanced(byMinutes: minutes)
            let rates = BTCRates(minute: minute, kind: .real, rates: [.usd: try #require(Rate("3"))])
            return Offer(for: request, at: rates, maxAge: .seconds(180), clock: clock)
        }
        let good = try #require(try offer(-1))
        #expect(good.satoshi == Satoshi(333_333_334))
        #expect(good.validUntil == now + .seconds(12) && good.validFrom == now - .seconds(6) - .seconds(5))
        #expect(try offer(-4) == nil)
        let euros = OrderRequest(currency: .eur, amount: request.amount, key: request.key)
        let dollars = BTCRates(
            minute: Minute(containing: clock.now), kind: .real, rates: [.usd: try #require(Rate("3"))])
        #expect(Offer(for: euros, at: dollars, maxAge: .seconds(180), clock: clock) == nil)
    }

}
