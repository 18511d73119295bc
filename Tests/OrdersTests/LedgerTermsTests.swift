import Basics
import Redis
import Tape
import TestSupport
import Testing

@testable import Orders

/// What a ledger allows: stated when it is opened, added to later, and obeyed by whatever reads or writes it.
@Suite struct LedgerTermsTests {
    /// A Redis with a ledger that was opened with these terms.
    private struct Place {
        let redis: TestRedis
        let client: RedisClient
        let clock = TapeClock()
        let keys = TapeKeys()

        init(_ terms: LedgerTerms? = .standard, sold: Satoshi? = nil) async throws {
            redis = try await TestRedis()
            client = redis.client()
            guard let terms else { return }
            let opener = LedgerOpener(
                ledger: client, readModel: client, witnesses: LedgerWitnesses(folder: nil, redis: nil, keys: keys),
                keys: keys, clock: clock)
            guard case .opened = try await opener.open(.sandbox, terms, alreadySold: sold) else {
                throw NotOpened()
            }
        }

        private struct NotOpened: Error {}

        var history: OrderHistory {
            OrderHistory(readModel: client, ledger: client, keys: keys, clock: clock)
        }

        var adder: CurrencyAdder { CurrencyAdder(ledger: client, keys: keys, clock: clock) }

        /// At 1 of any of these currencies for a BTC; without a rate it only looks.
        func place(
            _ currency: Currency, _ amount: String, _ key: String, rated: [Currency] = [.usd, .gbp, .chf]
        ) async throws -> OrderPlacer.Placement {
            let expectedEntries = ExpectedEntries()
            try await LossDetector(
                history: history, expectedEntries: expectedEntries, ledger: client, keys: keys, clock: clock
            ).check()
            let placer = OrderPlacer(
                redis: client, keys: keys, confirmation: nil, maxRateAge: .seconds(180),
                expectedEntries: expectedEntries,
                clock: clock)
            let one = try #require(Rate("1"))
            let rates = BTCRates(
                minute: Minute(containing: clock.now), kind: .sandbox,
                rates: Dictionary(uniqueKeysWithValues: rated.map { ($0, one) }))
            let request = OrderRequest(
                currency: currency, amount: try #require(Amount(amount.utf8)), key: try #require(IdempotenceKey(key)))
            return try await placer.place(request, rates: rates)
        }

        func outcome(
            _ currency: Currency, _ amount: String, _ key: String, rated: [Currency] = [.usd, .gbp, .chf]
        ) async throws -> OrderOutcome? {
            guard case .refused(let outcome, _) = try await place(currency, amount, key, rated: rated) else {
                return nil
            }
            return outcome
        }

        func isTaken(_ currency: Currency, _ amount: String, _ key: String) async throws -> Bool {
            guard case .order(_, isReplay: false) = try await place(currency, amount, key) else { return false }
            return true
        }

        func findings() async throws -> [String] {
            try await LedgerWalk(
                ledger: client, readModel: client, rates: StreamReader(key: "btc_rate", redis: client, clock: clock),
                keys: keys, clock: clock
            ).run().findings.lines
        }

        func foldAll() async throws -> FoldStop? {
            let fold = LedgerFold(readModel: client, ledger: client, keys: keys, confirmation: nil, clock: clock)
            while true {
                switch try await fold.step(atMost: 2) {
                case .folded, .moved: continue
                case .caughtUp: return nil
                case .stopped(let stop): return stop
                }
            }
        }

        var rebuild: ReadModelRebuild {
            ReadModelRebuild(readModel: client, ledger: client, keys: keys, clock: clock)
        }

        func problems() async throws -> [String] {
            var audit = ReadModelAudit()
            try await audit.check(client, ledger: client)
            return audit.problems
        }
    }

    @Test(arguments: [
        "0", "0.0", "-1", "+1", "1e3", "21000001", "21000000.00000001", "0.000000001", "", "NaN", "1,5", "01", "٣",
    ]) func `a cap is BTC above 0 and up to 21 million`(text: String) {
        #expect(throws: InvalidText.self) { try LedgerTerms.cap(btc: text) }
    }

    @Test func `the smallest and the largest cap are caps`() throws {
        #expect(try LedgerTerms.cap(btc: "0.00000001") == Satoshi(1))
        #expect(try LedgerTerms.cap(btc: "21000000") == LedgerTerms.highestCap)
        #expect(LedgerTerms.cap(digits: "0") == nil && LedgerTerms.cap(digits: "2100000000000001") == nil)
    }

    @Test(arguments: [
        ("", "three capital letters"), ("usd,USD", "\"usd\""), ("USD,", "\"\""), ("USD, EUR", "\" EUR\""),
        ("EURO", "\"EURO\""), ("US$", "three"), ("USD,USD", "has USD twice"), ("ÄÖÜ", "three"), ("USD;EUR", "three"),
    ]) func `currencies are codes of three capital letters, each once`(text: String, words: String) {
        let mistake = #expect(throws: InvalidText.self) { try LedgerTerms.currencies(text) }
        #expect(mistake?.description.contains(words) == true, "\(String(describing: mistake))")
    }

    @Test func `there may be fifty currencies`() throws {
        let codes = (0..<51).map { "A\(UnicodeScalar(UInt8(65 + $0 / 26)))\(UnicodeScalar(UInt8(65 + $0 % 26)))" }
        #expect(try LedgerTerms.currencies(codes.prefix(50).joined(separator: ",")).count == 50)
        #expect(throws: InvalidText.self) { try LedgerTerms.currencies(codes.joined(separator: ",")) }
    }

    @Test func `an opening states its terms, and an earlier build takes other ones for no opening`() async throws {
        let standard = try await Place()
        let first = try #require(try await TestLedger.entries(standard.client, above: nil).first)
        #expect(first["kind"] == "sandbox" && first["cap"] == "10000000000" && first["currencies"] == "EUR,GBP,USD")
        #expect(try await standard.history.opening()?.terms == .standard)
        let terms = LedgerTerms(cap: Satoshi(1), currencies: [.chf])
        let other = try await Place(terms)
        let second = try #require(try await TestLedger.entries(other.client, above: nil).first)
        // Without `kind` the script of that build answers `damaged`, before it has written anything.
        #expect(second["kind"] == nil && second["rates"] == "sandbox" && second["cap"] == "1")
        let opening = try #require(try await other.history.opening())
        #expect(opening.terms == terms && opening.kind == .sandbox)
    }

    @Test(arguments: [
        [("cap", "0")], [("cap", "2100000000000001")], [("cap", "1e3")], [("currencies", "")],
        [("currencies", "usd")],
    ]) func `an opening whose terms cannot be read is damaged, and no order is taken for it`(
        terms: [(String, String)]
    ) async throws {
        let place = try await Place(nil)
        var ledger = TestLedger(place.client)
        try await ledger.open(terms: terms)
        await #expect(throws: DamagedEntry.self) { try await place.history.opening() }
        let placement = try await place.place(.usd, "1", "a")
        switch placement {
        case .refused(.damaged, _), .refused(.noCurrency, _), .refused(.capExceeded, _): break
        default: Issue.record("\(placement)")
        }
        #expect(try await TestLedger.entries(place.client, above: nil).count == 1)
    }

    @Test(arguments: [("0.00000003", "0.00000001"), ("0.5", "0.2"), ("21000000", "9000000")])
    func `another cap is filled to the last satoshi, and never passed`(cap: String, amount: String) async throws {
        let cap = try LedgerTerms.cap(btc: cap)
        let place = try await Place(LedgerTerms(cap: cap, currencies: [.chf, .usd]))
        var sold = Satoshi(0)
        for number in 0..<2 {
            #expect(try await place.isTaken(number == 0 ? .usd : .chf, amount, "\(number)"))
            sold = sold + (try #require(Satoshi(btc: amount)))
        }
        let left = cap.less(sold)
        #expect(
            try await place.outcome(.usd, (left + Satoshi(1)).btc, "more") == .capExceeded(total: sold, cap: cap))
        #expect(try await place.isTaken(.usd, left.btc, "rest"))
        #expect(try await place.outcome(.chf, "0.00000001", "one-more") == .capExceeded(total: cap, cap: cap))
        #expect(try await place.history.newestEntry()?.total == cap)
        #expect(try await place.findings() == [])
        #expect(try await place.foldAll() == nil)
        #expect(try await place.findings() == [])
    }

    @Test func `what was sold before counts against the cap that is stated`() async throws {
        let cap = Satoshi(500)
        let place = try await Place(LedgerTerms(cap: cap, currencies: [.usd]), sold: Satoshi(499))
        #expect(try await place.outcome(.usd, "0.00000002", "a") == .capExceeded(total: Satoshi(499), cap: cap))
        let raiser = LedgerRaiser(ledger: place.client, keys: place.keys, clock: place.clock)
        #expect(try await raiser.raise(to: Satoshi(501)) == .beyondCap(cap))
        guard case .raised(_, from: Satoshi(499), cap: cap) = try await raiser.raise(to: cap) else {
            Issue.record("not raised")
            return
        }
        #expect(try await place.findings() == [])
    }

    @Test func `a currency that the ledger does not take is refused with those that it does`() async throws {
        let place = try await Place(LedgerTerms(cap: Satoshi(1_000), currencies: [.gbp, .usd]))
        // With a rate, and without.
        #expect(try await place.outcome(.chf, "0.00000001", "a") == .noCurrency([.gbp, .usd]))
        #expect(try await place.outcome(.eur, "0.00000001", "a") == .noCurrency([.gbp, .usd]))
        #expect(try await place.outcome(.usd, "0.00000001", "a", rated: []) == .noOffer)
        #expect(try await TestLedger.entries(place.client, above: nil).count == 1)
    }

    @Test func `added currencies are taken at once, are folded, and survive a rebuild`() async throws {
        let place = try await Place()
        #expect(try await place.isTaken(.usd, "1", "a"))
        guard case .added(_, [.eur, .gbp, .usd, .chf]) = try await place.adder.add([.chf]) else {
            Issue.record("not added")
            return
        }
        #expect(try await place.isTaken(.chf, "2", "b"))
        let (yen, krona) = (Currency("JPY"), Currency("SEK"))
        #expect(try await place.outcome(yen, "1", "c") == .noCurrency([.eur, .gbp, .usd, .chf]))
        guard case .added(_, let all) = try await place.adder.add([yen, krona]) else {
            Issue.record("not added")
            return
        }
        #expect(try await place.history.terms() == LedgerTerms(cap: LedgerTerms.standard.cap, currencies: all))
        // No rate of it yet: the ledger takes it, and there is nothing to offer.
        #expect(try await place.outcome(krona, "1", "d") == .noOffer)
        #expect(try await place.isTaken(.gbp, "3", "e"))
        #expect(try await place.findings() == [])
        #expect(try await place.foldAll() == nil)
        let statistics = try await place.history.statistics()
        #expect(statistics.currencies == all && statistics.count == 3 && statistics[.chf].amount == "2")
        #expect(try await place.problems() == [])
        #expect(try await place.findings() == [])
        #expect(try await place.rebuild.run() == statistics)
        #expect(try await place.problems() == [])
        #expect(try await place.findings() == [])
    }

    @Test func `a currency is added once, also of many who add it at once`() async throws {
        let place = try await Place()
        let outcomes = try await withThrowingTaskGroup(of: CurrencyAdder.Outcome.self) { group in
            for _ in 0..<6 {
                let client = place.redis.client()
                let (keys, clock) = (place.keys, place.clock)
                group.addTask { try await CurrencyAdder(ledger: client, keys: keys, clock: clock).add([.chf]) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.count { if case .added = $0 { true } else { false } } == 1)
        #expect(outcomes.count { $0 == .known(.chf) } == 5)
        #expect(try await place.adder.add([Currency("SEK"), .usd]) == .known(.usd))
        #expect(try await place.findings() == [])
    }

    @Test func `without a ledger, and beyond fifty, nothing is added`() async throws {
        let closed = try await Place(nil)
        defer { withExtendedLifetime(closed) {} }
        #expect(try await closed.adder.add([.chf]) == .notOpen)
        let place = try await Place()
        let codes = (0..<48).map { "A\(UnicodeScalar(UInt8(65 + $0 / 26)))\(UnicodeScalar(UInt8(65 + $0 % 26)))" }
        let more = codes.compactMap(Currency.init(rawValue:))
        #expect(try await place.adder.add(more) == .tooMany)
        guard case .added(_, let all) = try await place.adder.add(Array(more.dropLast())) else {
            Issue.record("not added")
            return
        }
        #expect(all.count == 50)
        #expect(try await place.isTaken(.usd, "1", "a"))
        #expect(try await place.foldAll() == nil)
        #expect(try await place.history.statistics().currencies == all)
    }

    @Test func `a key of an added currency that is lost is told, keeps orders out, and is repaired`() async throws {
        let place = try await Place()
        guard case .added = try await place.adder.add([.chf]),
            case .added(let id, _) = try await place.adder.add([Currency("SEK")])
        else {
            Issue.record("not added")
            return
        }
        _ = try await place.client.send(RedisCommand("HDEL", "{orders}:seen", "EUR,GBP,USD"))
        guard case .keysLost? = try await place.outcome(.usd, "1", "a") else {
            Issue.record("an order was taken")
            return
        }
        // What was added is not known then, so a currency is not said to be unknown.
        #expect(try await place.outcome(.chf, "1", "a", rated: []) == .noOffer)
        guard case .keysLost(let words) = try await place.adder.add([Currency("JPY")]) else {
            Issue.record("added to half of a list")
            return
        }
        #expect(words.contains("\(id)"))
        #expect(try await place.findings().contains { $0.contains("as \"EUR,GBP,USD\"") })
        let repair = KeyRepair(ledger: place.client, keys: place.keys, clock: place.clock)
        #expect(try await repair.run().restored == 1)
        #expect(try await repair.run().restored == 0)
        #expect(try await place.isTaken(.chf, "1", "a"))
        guard case .added(_, let all) = try await place.adder.add([Currency("JPY")]) else {
            Issue.record("not added")
            return
        }
        #expect(all.count == 6)
        #expect(try await place.findings() == [])
    }

    @Test func `nothing is added where the table leads past the currencies that come next`() async throws {
        let place = try await Place()
        guard case .added = try await place.adder.add([.chf]),
            case .added(let second, _) = try await place.adder.add([Currency("JPY")])
        else {
            Issue.record("not added")
            return
        }
        _ = try await place.client.send(RedisCommand("HSET", "{orders}:seen", "EUR,GBP,USD", "\(second)"))
        guard case .keysLost = try await place.adder.add([Currency("SEK")]) else {
            Issue.record("SEK was added on a broken table")
            return
        }
        _ = try await KeyRepair(ledger: place.client, keys: place.keys, clock: place.clock).run()
        guard case .added(_, let all) = try await place.adder.add([Currency("SEK")]) else {
            Issue.record("not added after the repair")
            return
        }
        #expect(LedgerTerms.text(of: all) == "EUR,GBP,USD,CHF,JPY,SEK")
    }

    @Test func `keys of an earlier ledger lead to no currencies`() async throws {
        let place = try await Place()
        guard case .added = try await place.adder.add([.chf]) else {
            Issue.record("not added")
            return
        }
        _ = try await place.client.send(RedisCommand("DEL", "{orders}:ledger"))
        let opener = LedgerOpener(
            ledger: place.client, readModel: place.client,
            witnesses: LedgerWitnesses(folder: nil, redis: nil, keys: place.keys), keys: place.keys, clock: place.clock)
        guard case .opened = try await opener.open(.sandbox, alreadySold: Satoshi(7)) else {
            Issue.record("not opened")
            return
        }
        #expect(try await place.history.terms() == .standard)
        #expect(try await place.outcome(.chf, "1", "a") == .noCurrency([.eur, .gbp, .usd]))
        guard case .added = try await place.adder.add([.chf]) else {
            Issue.record("not added")
            return
        }
        #expect(try await place.isTaken(.chf, "1", "a"))
        #expect(try await place.findings() == [])
    }

    @Test func `an order in a currency that was not added, and a list that does not go on, stop the fold`() async throws
    {
        for isOrder in [true, false] {
            let place = try await Place(nil)
            var ledger = TestLedger(place.client)
            try await ledger.open()
            if isOrder { try await ledger.order("CHF") } else { try await ledger.add("CHF", to: "EUR,GBP") }
            guard case .ledgerDamaged(let entry)? = try await place.foldAll() else {
                Issue.record("folded")
                return
            }
            #expect(entry.reason.contains(isOrder ? "is in CHF" : "to EUR,GBP, where EUR,GBP,USD"), "\(entry)")
            let findings = try await place.findings()
            #expect(findings.contains { $0.contains(entry.reason) }, "\(findings)")
        }
    }

    @Test func `a rebuild that began before a currency was added does not lose what was ordered in it`() async throws {
        let place = try await Place()
        #expect(try await place.isTaken(.usd, "1", "a"))
        #expect(try await place.foldAll() == nil)
        // What a killed rebuild has left, of before the currency.
        let shadow = LedgerFold(
            readModel: place.client, ledger: place.client, keys: place.keys, space: .rebuild, confirmation: nil,
            clock: place.clock)
        guard case .folded = try await shadow.step(atMost: 10) else {
            Issue.record("not folded")
            return
        }
        guard case .added = try await place.adder.add([.chf]) else {
            Issue.record("not added")
            return
        }
        #expect(try await place.isTaken(.chf, "1", "b"))
        #expect(try await place.foldAll() == nil)
        #expect(try await place.rebuild.run().count == 2)
        #expect(try await place.problems() == [])
        #expect(try await place.findings() == [])
    }

    @Test
    func `statistics of a currency that lack a field are damaged, and those of one that was not added yet are not`()
        throws
    {
        func reply(_ fields: [String]) -> RedisReply { .array(fields.map { .bulk(Array($0.utf8)) }) }
        let old = [
            "last", "5-0", "last_tail", "00000000001", "last_created_at", "2026-11-21T09:01:00.000Z", "total", "0",
            "EUR:count", "0", "EUR:units", "0", "EUR:satoshi", "0", "GBP:count", "0", "GBP:units", "0", "GBP:satoshi",
            "0", "USD:count", "0", "USD:units", "0", "USD:satoshi", "0",
        ]
        #expect(try ReadModelStatistics(reply(old)).currencies == LedgerTerms.standard.currencies)
        #expect(throws: DamagedReadModel.self) {
            try ReadModelStatistics(reply(old + ["currencies", "EUR,GBP,USD,CHF"]))
        }
        #expect(throws: DamagedReadModel.self) { try ReadModelStatistics(reply(old + ["currencies", "x"])) }
    }
}
