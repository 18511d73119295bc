import Basics
import Redis
import Tape
import TestSupport
import Testing

@testable import Orders

@Suite struct OrderHistoryTests {
    /// How much of a ledger of 40 orders is folded: nothing, the opening, half, all but one, all.
    private static let folded = [0, 1, 20, 40, 41]

    private func fixture(folded count: Int = 0, of orders: Int = 40) async throws -> ReadModelFixture {
        var fixture = try await ReadModelFixture()
        try await fixture.ledger.open()
        try await fixture.ledger.orders(orders)
        if count > 0 { _ = try await fixture.fold().step(atMost: count) }
        return fixture
    }

    /// The ids of the ledger's orders, newest first.
    private func ids(_ fixture: ReadModelFixture, _ currency: Currency? = nil) async throws -> [String] {
        try await fixture.ledger.entries().reversed()
            .filter { $0["opened"] == nil && (currency == nil || $0["currency"] == currency?.rawValue) }.map(\.id)
    }

    private func walk(_ history: OrderHistory, _ currency: Currency?, size: Int) async throws -> [BuyOrder] {
        var orders: [BuyOrder] = []
        var cursor: OrderID?
        repeat {
            let page = try await history.page(before: cursor, currency: currency, size: size)
            #expect(page.orders.count == size || page.next == nil)
            #expect(page.next == nil || page.next == page.orders.last?.id)
            orders += page.orders
            cursor = page.next
        } while cursor != nil && orders.count < 1000
        return orders
    }

    @Test(arguments: folded)
    func `pages are the ledger, newest first, however much of it is folded`(count: Int) async throws {
        let fixture = try await fixture(folded: count)
        for currency in [nil] + LedgerTerms.standard.currencies.map(Optional.init) {
            let expected = try await ids(fixture, currency)
            for size in [1, 3, 20, expected.count, 100] {
                let orders = try await walk(fixture.history, currency, size: size)
                #expect(orders.map { "\($0.id.entry)" } == expected, "\(size) of \(currency?.rawValue ?? "all")")
            }
        }
        let entries = try await fixture.ledger.entries()
        let page = try await fixture.history.page(before: nil, currency: nil, size: 100)
        #expect(page.last.map { "\($0.id)" } == (count == 0 ? nil : entries[count - 1].id))
        #expect(try await fixture.history.last() == page.last)
        for (order, entry) in zip(page.orders, entries.reversed()) {
            #expect(order.fields.flatMap { [$0.name, $0.value] } == Array(entry.fields.prefix(14)))
        }
    }

    @Test(arguments: folded) func `any position is a cursor, a tail is not looked at`(count: Int) async throws {
        let fixture = try await fixture(folded: count)
        let expected = try await ids(fixture)
        func page(_ entry: StreamID) async throws -> [String] {
            let cursor = try #require(OrderID(entry, tail: OrderTail(bits: 99)))
            let page = try await fixture.history.page(before: cursor, currency: nil, size: 5)
            return page.orders.map { "\($0.id.entry)" }
        }
        for (index, id) in expected.enumerated() {
            let entry = try #require(StreamID(id))
            #expect(try await page(entry) == Array(expected.dropFirst(index + 1).prefix(5)))
            let between = StreamID(milliseconds: entry.milliseconds, sequence: entry.sequence + 1)
            #expect(try await page(between).first == expected.first { (StreamID($0) ?? entry) < between })
        }
        let ends: [(UInt64, UInt64)] = [(0, 0), (0, 1), (1, 0), (1 << 48 - 1, 1 << 32 - 1)]
        for (milliseconds, sequence) in ends {
            let found = try await page(StreamID(milliseconds: milliseconds, sequence: sequence))
            #expect(found == (milliseconds > 1 ? Array(expected.prefix(5)) : []))
        }
    }

    @Test(arguments: folded) func `an order is found by its id, and no other by a forged one`(count: Int) async throws {
        let fixture = try await fixture(folded: count)
        let entries = try await fixture.ledger.entries()
        for entry in entries.dropFirst() {
            let order = try BuyOrder(TapeEntry(entry))
            #expect(try await fixture.history.order(order.id) == order)
            let forged = try #require(OrderID(order.id.entry, tail: OrderTail(bits: order.id.tail.bits ^ 1)))
            #expect(try await fixture.history.order(forged) == nil)
        }
        let opening = try LedgerEntry(TapeEntry(entries[0]))
        let id = try #require(OrderID(opening.id, tail: opening.tail))
        #expect(try await fixture.history.order(id) == nil)
        let nowhere = try #require(OrderID(StreamID(milliseconds: 7, sequence: 7), tail: opening.tail))
        #expect(try await fixture.history.order(nowhere) == nil)
    }

    @Test func `without a ledger there is an empty page, and nothing was folded`() async throws {
        let fixture = try await ReadModelFixture()
        let page = try await fixture.history.page(before: nil, currency: .eur, size: 10)
        #expect(page.orders.isEmpty && page.next == nil && page.last == nil)
        #expect(try await fixture.history.last() == nil)
        #expect(try await fixture.history.statistics() == ReadModelStatistics())
    }

    @Test(.timeLimit(.minutes(5)))
    func `one currency is looked for in ten thousand unprojected entries and no more`() async throws {
        var fixture = try await ReadModelFixture()
        try await fixture.ledger.open()
        let old = try await fixture.ledger.order("GBP")
        #expect(try await fixture.foldAll() == nil)
        let first = try await fixture.ledger.order("GBP")
        try await fixture.ledger.manyOrders(OrderHistory.mostUnprojected - 1, of: "EUR")
        let history = fixture.history
        let page = try await history.page(before: nil, currency: .gbp, size: 5)
        #expect(page.orders.map { "\($0.id.entry)" } == [first, old])
        try await fixture.ledger.order("EUR")
        await #expect(throws: ReadModelBehind()) {
            try await history.page(before: nil, currency: .gbp, size: 5)
        }
        // What is near enough is found, without a currency all of it, and further down no one has to look that far.
        #expect(try await history.page(before: nil, currency: .eur, size: 5).orders.count == 5)
        #expect(try await history.page(before: nil, currency: nil, size: 5).orders.count == 5)
        let cursor = try #require(StreamID(first).flatMap { OrderID($0, tail: OrderTail(bits: 0)) })
        #expect(try await history.page(before: cursor, currency: .gbp, size: 5).orders.count == 1)
        #expect(try await fixture.foldAll() == nil)
        #expect(try await history.page(before: nil, currency: .gbp, size: 5).orders.count == 2)
    }

    @Test func `what somebody else adds to the read model is never taken for an order`() async throws {
        let fixture = try await fixture(folded: 41)
        let history = fixture.history
        // Beyond `last` it is not seen at all.
        try await fixture.send("XADD", "{read}:EUR", "*", "currency", "EUR", "amount", "1")
        let expected = try await ids(fixture, .eur)
        let page = try await history.page(before: nil, currency: .eur, size: 100)
        #expect(page.orders.map { "\($0.id.entry)" } == expected)
        // In the stream of another currency, and as rubbish.
        try await fixture.send("DEL", "{read}:GBP", "{read}:USD")
        let entry = try await fixture.ledger.entries()[1]
        let wrong = entry["currency"] == "GBP" ? "USD" : "GBP"
        let arguments: [any RedisArgument] =
            ["{read}:\(wrong)", entry.id] + entry.fields.map { $0 as any RedisArgument }
        _ = try await fixture.client.send(RedisCommand("XADD", arguments: arguments))
        let currency = try #require(Currency(rawValue: wrong))
        await #expect(throws: DamagedEntry.self) { try await history.page(before: nil, currency: currency, size: 9) }
        let other: Currency = currency == .gbp ? .usd : .gbp
        try await fixture.send("XADD", "{read}:\(other.rawValue)", "1-1", "rub", "bish")
        await #expect(throws: DamagedEntry.self) { try await history.page(before: nil, currency: other, size: 9) }
        #expect(try await history.page(before: nil, currency: nil, size: 100).orders.count == 40)
    }

    @Test func `statistics that cannot be read are told, and never guessed`() async throws {
        let fixture = try await fixture(folded: 41)
        try await fixture.send("HSET", "{read}:stats", "EUR:units", "1e3")
        await #expect(throws: DamagedReadModel.self) { try await fixture.history.statistics() }
        // No id, one that Redis does not write so, and one beyond 64 bits.
        for last in ["now", "01-0", "99999999999999999999999-1"] {
            try await fixture.send("HSET", "{read}:stats", "last", last)
            await #expect(throws: DamagedReadModel.self) { try await fixture.history.last() }
            await #expect(throws: DamagedReadModel.self) {
                try await fixture.history.page(before: nil, currency: nil, size: 5)
            }
        }
    }
}
