import Basics
import Orders
import Redis
import Tape
import TestSupport
import Testing

/// The audit by itself: a good ledger passes, and each kind of damage is found at its entry.
@Suite struct LedgerAuditTests {
    private static let first = 1_795_251_600_000
    private static let rates = ["USD": "84096.51", "EUR": "77211.07345", "GBP": "65000"]

    private static func entry(_ number: Int, _ fields: [String: String]) -> TapeEntry {
        TapeEntry(
            id: StreamID(milliseconds: UInt64(first + number), sequence: 0), fields: fields.mapValues { Array($0.utf8) }
        )
    }

    private static func opening(_ changes: [String: String?] = [:], number: Int = 0) -> TapeEntry {
        let fields = ["opened": "2026-11-21T09:00:00.000Z", "kind": "real", "total": "0", "tail": "00000000001"]
        return entry(number, changed(fields, changes))
    }

    private static func changed(_ fields: [String: String], _ changes: [String: String?]) -> [String: String] {
        var fields = fields
        for (name, value) in changes { fields[name] = value }
        return fields
    }

    /// A ledger of six orders; `changes` are of the order with that number, counted from 1.
    private static func ledger(_ number: Int = 0, _ changes: [String: String?] = [:]) throws -> [TapeEntry] {
        var total = Satoshi(0)
        var entries = [opening()]
        for (index, currency) in ["USD", "EUR", "GBP", "USD", "USD", "EUR"].enumerated() {
            let rate = try #require(Self.rates[currency])
            let amount = try #require(Amount("\(100 + index).5".utf8))
            let satoshi = try #require(Rate(rate)?.satoshi(for: amount))
            total = total + satoshi
            let fields = [
                "currency": currency, "amount": "\(amount)", "rate": rate, "rate_minute": "2026-11-21T09:01Z",
                "satoshi": satoshi.digits, "tail": "0000000001\(index)",
                "created_at": "2026-11-21T09:01:1\(index).250Z",
                "total": total.digits, "key": "key-\(index + 1)",
            ]
            entries.append(entry(index + 1, index + 1 == number ? changed(fields, changes) : fields))
        }
        return entries
    }

    private static func audit(
        _ entries: [TapeEntry], rates: [Minute: BTCRates] = [:], readModel: ReadModelStatistics? = nil
    ) -> LedgerAudit {
        var audit = LedgerAudit(rates: rates, readModel: readModel)
        for entry in entries { audit.take(entry) }
        audit.end()
        return audit
    }

    private static func raise(_ number: Int, total: String) -> TapeEntry {
        entry(
            number, ["raised": "2026-11-21T09:05:00.000Z", "total": total, "tail": "00000000009"])
    }

    private static func findings(_ entries: [TapeEntry]) -> [String] { audit(entries).findings.lines }

    private static func id(_ number: Int) -> String { "\(first + number)-0" }

    @Test func `a raised total counts what was lost, and only goes up`() throws {
        let entries = try Self.ledger()
        let audit = Self.audit(entries + [Self.raise(7, total: "5000000000")])
        #expect(audit.findings.isEmpty && audit.total == Satoshi(5_000_000_000) && audit.orders == 6)
        #expect(audit.notes.lines.contains { $0.contains("BTC that were sold and whose orders are lost") })
        let wrong = Self.audit(entries + [Self.raise(7, total: "1")]).findings.lines
        #expect(wrong.count == 1 && wrong[0].contains("raises the running total to 1, from"))
        #expect(!Self.audit([Self.raise(0, total: "1")]).findings.isEmpty)
    }

    @Test func `says how many rates it could not compare`() throws {
        let notes = Self.audit(try Self.ledger()).notes.lines
        #expect(notes == ["the rates of 6 orders were not compared: the stream of rates has these minutes no more"])
    }

    @Test func `a good ledger has no findings, and its sums`() throws {
        let audit = Self.audit(try Self.ledger())
        // Only the rates are unknown here.
        #expect(audit.findings.isEmpty && audit.notes.count == 1)
        #expect(audit.orders == 6 && audit.opening?.kind == .real)
        #expect(audit[.usd].count == 3 && audit[.usd].amount == "308.5" && audit[.gbp].amount == "102.5")
        let sum = LedgerTerms.standard.currencies.reduce(Satoshi(0)) { $0 + audit[$1].satoshi }
        #expect(audit.total == sum && audit.last.map { "\($0)" } == Self.id(6))
        #expect(Self.findings([Self.opening()]) == [])
        #expect(Self.findings([]) == ["there is no ledger"])
    }

    @Test func `what was sold before is counted`() throws {
        var entries = try Self.ledger()
        entries[0] = Self.opening(["total": "5"])
        #expect(Self.findings(entries).first?.hasPrefix("\(Self.id(1)): has the running total") == true)
        entries[0] = Self.opening(["total": "10000000001"])
        #expect(
            Self.findings([entries[0]]).first?.hasPrefix("\(Self.id(0)): has the running total 10000000001, beyond")
                == true)
    }

    @Test func `the first entry is the opening, and the only one`() throws {
        let ledger = try Self.ledger()
        #expect(
            Self.findings(Array(ledger.dropFirst())) == ["\(Self.id(1)): is the first, and not the ledger's opening"])
        let twice = ledger + [Self.opening(["total": "1"], number: 7)]
        #expect(Self.findings(twice) == ["\(Self.id(7)): opens a ledger that had been opened"])
        for changes in [["tail": nil], ["kind": "both"], ["total": "-1"], ["opened": "yesterday"]]
            as [[String: String?]]
        {
            #expect(Self.findings([Self.opening(changes)] + ledger.dropFirst()).count == 1)
        }
    }

    @Test(arguments: [
        ("satoshi", "119503", "satoshi"), ("satoshi", "x", "unreadable field satoshi"), ("amount", "99", "satoshi"),
        ("amount", "103.50", "unreadable field amount"), ("amount", "nan", "unreadable field amount"),
        ("rate", "80000", "satoshi"), ("rate", "0", "unreadable field rate"),
        ("currency", "chf", "unreadable field currency"), ("tail", "zz", "unreadable field tail"),
        ("key", "a b", "unreadable field key"), ("total", "1", "running total"),
        ("total", "", "unreadable field total"),
        ("created_at", "now", "unreadable field created_at"), ("rate_minute", "9:01", "unreadable field rate_minute"),
        ("rate_minute", "2026-11-21T09:02Z", "later than its own time"),
        ("rate_minute", "2026-11-21T08:00Z", "more than an hour older"),
    ]) func `a damaged field is found at its entry`(name: String, value: String, words: String) throws {
        let findings = Self.findings(try Self.ledger(4, [name: value]))
        #expect(findings.first?.hasPrefix("\(Self.id(4)): ") == true, "\(findings)")
        #expect(findings.contains { $0.hasPrefix("\(Self.id(4)): ") && $0.contains(words) }, "\(findings)")
        // What comes behind it is held against what stands there.
        #expect(
            findings.dropFirst().allSatisfy {
                $0.hasPrefix("\(Self.id(4)): ") || $0.hasPrefix("\(Self.id(5)): has the running")
            })
        #expect(!Self.findings(try Self.ledger(4, [name: nil])).isEmpty)
    }

    @Test func `a running total that is wrong from an entry on is told where it breaks`() throws {
        var ledger = try Self.ledger()
        ledger.remove(at: 3)
        #expect(Self.findings(ledger).count == 1)
        #expect(Self.findings(ledger).first?.hasPrefix("\(Self.id(4)): has the running total") == true)
    }

    @Test func `one satoshi less or more than the division rounded up is found`() throws {
        let good = try #require(try Self.ledger()[1].text("satoshi").flatMap { Int($0) })
        for wrong in [good - 1, good + 1] {
            #expect(
                Self.findings(try Self.ledger(1, ["satoshi": "\(wrong)"])).contains {
                    $0.contains("where \(good) would be right")
                })
        }
    }

    @Test func `beyond the cap, and beyond what can be counted`() throws {
        let rate = ["rate": "0.00000001", "amount": "101", "satoshi": "1010000000000000000"]
        var ledger = [Self.opening()]
        ledger += [try Self.ledger(1, rate.merging(["total": "1010000000000000000"]) { $1 }.mapValues { $0 })[1]]
        #expect(
            Self.findings(ledger) == [
                "\(Self.id(1)): has the running total 1010000000000000000, beyond the cap of 10000000000"
            ])
        let most = String(repeating: "9", count: 38)
        let huge = try (1...6).map { try Self.ledger($0, ["satoshi": most, "total": most, "currency": "USD"])[$0] }
        #expect(Self.findings([Self.opening()] + huge).count > 12)
    }

    @Test func `an id that no order could have is found`() throws {
        let good = try Self.ledger()[1]
        for id in [StreamID(milliseconds: 1 << 48, sequence: 0), StreamID(milliseconds: 1, sequence: 1 << 32)] {
            let findings = Self.findings([Self.opening(), TapeEntry(id: id, fields: good.fields)])
            #expect(findings == ["\(id): has an id beyond a UUID"])
        }
    }

    @Test func `a clock that was set back is a note`() throws {
        let audit = Self.audit(try Self.ledger(3, ["created_at": "2026-11-21T09:01:01.000Z"]))
        #expect(audit.findings.isEmpty)
        #expect(audit.notes.lines.first?.hasPrefix("\(Self.id(3)): was made at 2026-11-21T09:01:01.000Z") == true)
    }

    @Test func `a rate that the stream has otherwise is found`() throws {
        let minute = try #require(Minute("2026-11-21T09:01Z"))
        var rates: [Currency: Rate] = [:]
        for currency in LedgerTerms.standard.currencies {
            rates[currency] = Self.rates[currency.rawValue].flatMap { Rate($0) }
        }
        func findings(_ kind: DataKind) throws -> [String] {
            Self.audit(try Self.ledger(), rates: [minute: BTCRates(minute: minute, kind: kind, rates: rates)]).findings
                .lines
        }
        #expect(try findings(.real) == [])
        #expect(try findings(.sandbox).count == 6)
        rates[.gbp] = Rate("65000.1")
        #expect(try findings(.real).map { String($0.prefix(Self.id(3).count)) } == [Self.id(3)])
    }

    @Test func `the table of seen keys has each order, and nothing else`() throws {
        var audit = LedgerAudit()
        var orders: [LedgerOrder] = []
        let ledger = try Self.ledger()
        for entry in ledger { if let order = audit.take(entry) { orders.append(order) } }
        for order in orders { audit.checkSeen(order.order.id.entry, order.identity, "\(order.order.id.entry)") }
        #expect(audit.findings.isEmpty)
        audit.checkSeen(orders[0].order.id.entry, orders[0].identity, nil)
        audit.checkSeen(orders[1].order.id.entry, orders[1].identity, Self.id(1))
        #expect(
            audit.findings.lines == [
                #"\#(Self.id(1)): is missing in the table of seen keys, as "USD 100.5 key-1""#,
                #"\#(Self.id(2)): is not what the table of seen keys has for "EUR 101.5 key-2": \#(Self.id(1))"#,
            ])
        let before = audit.findings.count
        // The order itself, one that was placed behind the walk, one of an earlier ledger.
        audit.checkField(orders[0].identity, Self.id(1), found: ledger[1])
        audit.checkField(orders[5].identity, Self.id(6), found: ledger[6])
        audit.checkField("USD 1 old", "1-1", found: nil)
        #expect(audit.findings.count == before && audit.notes.count == 1)
        audit.checkField("USD 1 lost", Self.id(3), found: nil)
        audit.checkField("USD 1 later", Self.id(99), found: nil)
        audit.checkField("USD 1 other", Self.id(3), found: ledger[3])
        audit.checkField("USD 1 none", "x", found: nil)
        audit.checkField("USD 1 opening", Self.id(0), found: ledger[0])
        #expect(audit.findings.count == before + 5)
    }

    @Test func `the read model is held against the walk where it is`() throws {
        let ledger = try Self.ledger()
        var model = ReadModelStatistics()
        for entry in ledger.prefix(4) { try model.fold(LedgerEntry(entry)) }
        #expect(Self.audit(ledger, readModel: model).findings.isEmpty)
        #expect(Self.audit(ledger, readModel: ReadModelStatistics()).findings.isEmpty)
        // Of another ledger: one order has another amount, its last entry another tail, or is not there.
        let others = [
            try Self.ledger(2, ["amount": "1", "satoshi": "1"]), try Self.ledger(3, ["tail": "00000000099"]),
        ]
        for other in others {
            var audit = LedgerAudit(readModel: model)
            for entry in other { audit.take(entry) }
            audit.end()
            #expect(audit.findings.lines.contains { $0.hasPrefix("\(Self.id(3)): ") })
        }
        let short = Self.audit(Array(ledger.prefix(3)), readModel: model).findings.lines
        #expect(short == ["\(Self.id(3)): is the read model's last entry, and not in the ledger"])
    }

    @Test func `the first twenty are told, and how many more there are`() throws {
        var ledger = [Self.opening()]
        for number in 1...50 { ledger.append(Self.entry(number, ["total": "0"])) }
        let lines = Self.findings(ledger)
        #expect(lines.count == 21 && lines.last == "and 30 more")
    }
}
