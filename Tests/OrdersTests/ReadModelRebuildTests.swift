import Basics
import Redis
import Synchronization
import Tape
import TestSupport
import Testing

@testable import Orders

@Suite struct ReadModelRebuildTests {
    private final class Count: Sendable {
        private let count = Mutex(0)

        var value: Int { count.withLock(\.self) }

        func add() { count.withLock { $0 += 1 } }
    }

    @Test(.timeLimit(.minutes(5)))
    func `rebuilds again and again while orders are written, folded and read`() async throws {
        var fixture = try await ReadModelFixture()
        try await fixture.ledger.open()
        try await fixture.ledger.orders(100)
        let (fold, history, rebuild) = (fixture.fold(), fixture.history, fixture.rebuild)
        let (client, walks) = (fixture.redis.client(), Count())
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { while !Task.isCancelled { _ = try await fold.step(atMost: 20) } }
            group.addTask { while !Task.isCancelled { _ = try await rebuild.run() } }
            group.addTask { while !Task.isCancelled { _ = try await rebuild.run() } }
            group.addTask {
                while !Task.isCancelled {
                    // A read model that was replaced may end earlier: each look is one from the start.
                    var audit = ReadModelAudit()
                    try await audit.check(client, ledger: client)
                    #expect(audit.problems == [])
                }
            }
            group.addTask {
                while !Task.isCancelled {
                    var orders: [BuyOrder] = []
                    var cursor: OrderID?
                    repeat {
                        let page = try await history.page(before: cursor, currency: nil, size: 20)
                        orders += page.orders
                        cursor = page.next
                    } while cursor != nil
                    let first = try #require(orders.first).id.entry
                    let ledger = try await TestLedger.entries(client, above: nil)
                    let expected = ledger.dropFirst().compactMap { StreamID($0.id) }.filter { $0 <= first }.reversed()
                    #expect(orders.map(\.id.entry) == Array(expected))
                    walks.add()
                }
            }
            try await fixture.ledger.orders(200)
            try await eventually(within: .seconds(150), "there were some walks") { walks.value >= 3 }
            group.cancelAll()
            do {
                try await group.waitForAll()
            } catch is CancellationError {}
        }
        #expect(try await fixture.foldAll() == nil)
        #expect(try await fixture.problems() == [])
    }

    @Test func `what a killed rebuild left is removed, and a currency without orders has no stream`() async throws {
        var fixture = try await ReadModelFixture()
        try await fixture.ledger.open()
        for _ in 0..<5 { try await fixture.ledger.order("EUR") }
        _ = try await fixture.fold(.rebuild).step(atMost: 3)
        try await fixture.send("XADD", "{read}:rebuild:USD", "*", "rub", "bish")
        try await fixture.send("XADD", "{read}:GBP", "*", "rub", "bish")
        let statistics = try await fixture.rebuild.run()
        #expect(statistics[.eur].count == 5)
        #expect(try await fixture.history.statistics() == statistics)
        #expect(try await fixture.problems() == [])
        #expect(Set(try await fixture.dump().keys) == ["{read}:all", "{read}:EUR", "{read}:stats"])
    }

    @Test func `new orders do not count what the ledger lost, and a raise does`() async throws {
        var fixture = try await ReadModelFixture()
        try await fixture.ledger.open()
        try await fixture.ledger.orders(4)
        var replica = fixture.ledger
        try await fixture.ledger.order()
        #expect(try await fixture.foldAll() == nil)
        let (last, model) = (try #require(try await fixture.history.folded()), try await fixture.dump())
        // A replica that lacks the newest order takes over, and sells more than what the order was.
        try await fixture.send("XDEL", TestLedger.key, "\(last.mark.id)")
        try await replica.orders(2)
        let total = try #require(try await fixture.history.newestEntry()?.total)
        #expect(total > last.total)
        let rebuild = fixture.rebuild
        let error = await #expect(throws: RebuildError.self) { try await rebuild.run() }
        #expect(error.map { "\($0)".contains("\(last.mark.id)") } == true, "\(error.map { "\($0)" } ?? "")")
        #expect(try await fixture.dump() == model)
        let raiser = LedgerRaiser(ledger: fixture.client, keys: fixture.keys, clock: fixture.clock)
        guard case .raised = try await raiser.raise(to: total + Satoshi(1)) else {
            Issue.record("not raised")
            return
        }
        #expect(try await rebuild.run().last?.id != last.mark.id)
        #expect(try await fixture.problems() == [])
    }

    @Test func `a ledger that cannot be folded leaves the read model in use`() async throws {
        var fixture = try await ReadModelFixture()
        try await fixture.ledger.open()
        try await fixture.ledger.orders(5)
        #expect(try await fixture.foldAll() == nil)
        let model = try await fixture.dump()
        try await fixture.ledger.order(changes: ["amount": nil])
        let rebuild = fixture.rebuild
        await #expect(throws: FoldStop.self) { try await rebuild.run() }
        #expect(try await fixture.dump() == model)
        try await fixture.send("DEL", TestLedger.key)
        await #expect(throws: RebuildError.ledgerEmpty) { try await rebuild.run() }
        #expect(try await fixture.dump() == model)
    }
}
