import Foundation
import Orders
import Redis
import Synchronization
import Tape
import TestSupport
import Testing

/// Two project workers that are killed again and again while orders come and pages are read.
@Suite(.tags(.load)) struct ProjectorTests {
    private static let pages = 5_000

    /// What the tasks of the test tell each other.
    private final class Progress: Sendable {
        private struct State {
            var pages = 0
            var walks = 0
            var looks = 0
            var kills = 0
            var isOver = false
            var written = 0
            var newest: [String: String] = [:]
        }

        private let state = Mutex(State())

        var pages: Int { state.withLock(\.pages) }
        var written: Int { state.withLock(\.written) }
        var walks: Int { state.withLock(\.walks) }
        var looks: Int { state.withLock(\.looks) }
        var kills: Int { state.withLock(\.kills) }
        var isOver: Bool { state.withLock(\.isOver) }

        func turnsPage() { state.withLock { $0.pages += 1 } }
        func walked() { state.withLock { $0.walks += 1 } }
        func looked() { state.withLock { $0.looks += 1 } }
        func killed() { state.withLock { $0.kills += 1 } }
        func ends() { state.withLock { $0.isOver = true } }

        func wrote(_ id: String, _ currency: String) {
            state.withLock {
                $0.written += 1
                $0.newest[currency] = id
                $0.newest["all"] = id
            }
        }

        /// The newest order that the ledger has for certain.
        func newest(_ currency: Currency?) -> String? { state.withLock { $0.newest[currency?.rawValue ?? "all"] } }
    }

    @Test(.timeLimit(.minutes(5)))
    func `however often projectors are killed, the read model is a prefix of the ledger, and pages are whole`()
        async throws
    {
        let ledgerRedis = try await TestRedis()
        let readRedis = try await TestRedis()
        let environment = [
            "REDIS_URL": ledgerRedis.url, "ORDERS_REDIS_URL": ledgerRedis.url, "READ_REDIS_URL": readRedis.url,
        ]
        let progress = Progress()
        let client = ledgerRedis.client()
        var ledger = TestLedger(client)
        try await ledger.open()
        let mirror = LedgerMirror { try await TestLedger.entries(client, above: $0) }
        let began = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [ledger] in
                var ledger = ledger
                try await Self.write(&ledger, progress)
            }
            for seed in 1...2 {
                group.addTask { try await Self.project(environment, seed: UInt64(seed), progress) }
            }
            group.addTask { try await Self.audit(readRedis.client(), ledger: ledgerRedis.client(), progress) }
            for seed in 1...3 {
                let history = OrderHistory(
                    readModel: readRedis.client(), ledger: ledgerRedis.client(), keys: TapeKeys(), clock: TapeClock())
                group.addTask { try await Self.read(history, mirror, seed: UInt64(seed), progress) }
            }
            try await eventually(within: .seconds(120), "pages are read and projectors killed: \(progress.pages)") {
                progress.pages >= Self.pages && progress.kills >= 20
            }
            progress.ends()
            try await group.waitForAll()
        }
        // Those who live fold the rest.
        let survivors = try (0..<2).map { _ in try Cointape(["run", "config/ledger.json"], environment: environment) }
        let entries = try await TestLedger.entries(client, above: nil)
        let last = try #require(entries.last).id
        try await eventually("all is folded") {
            try await readRedis.client().send(RedisCommand("HGET", "{read}:stats", "last")).text == last
        }
        var audit = ReadModelAudit()
        try await audit.check(readRedis.client(), ledger: client)
        #expect(audit.problems == [])
        #expect(audit.count == entries.count - 1)
        for survivor in survivors { survivor.signal(SIGTERM) }
        for survivor in survivors { #expect(try await survivor.exit() == 0) }
        #expect(progress.looks >= 50 && progress.walks >= 6)
        let seconds = (ContinuousClock.now - began).components.seconds
        print(
            "projectors: \(audit.count) orders, \(progress.pages) pages in \(progress.walks) walks, "
                + "\(progress.looks) looks, \(progress.kills) kills, \(seconds) s")
    }

    /// Some hundreds of orders a second.
    private static func write(_ ledger: inout TestLedger, _ progress: Progress) async throws {
        var random = SeededGenerator(seed: 17)
        while !progress.isOver {
            for _ in 0..<8 {
                // One currency is rare: its walks have to look far.
                let currency =
                    ["EUR", "EUR", "EUR", "EUR", "USD", "USD", "USD", "GBP"].randomElement(using: &random) ?? ""
                progress.wrote(try await ledger.order(currency), currency)
            }
            // No faster than they are read.
            let pages = progress.pages
            try await eventually("a page is read") { progress.pages > pages || progress.isOver }
        }
    }

    /// Starts a worker, kills it at any moment, and again.
    private static func project(_ environment: [String: String], seed: UInt64, _ progress: Progress) async throws {
        var random = SeededGenerator(seed: seed)
        while !progress.isOver {
            let worker = try Cointape(["run", "config/ledger.json"], environment: environment)
            let (before, more) = (progress.written, Int.random(in: 20...300, using: &random))
            try await eventually("orders are written") { progress.written >= before + more || progress.isOver }
            worker.signal(SIGKILL)
            #expect(try await worker.exit() == -SIGKILL, "\(worker.text)")
            progress.killed()
        }
    }

    /// Holds the read model against the ledger, again and again.
    private static func audit(_ readModel: RedisClient, ledger: RedisClient, _ progress: Progress) async throws {
        var audit = ReadModelAudit()
        while !progress.isOver, audit.problems.isEmpty {
            try await audit.check(readModel, ledger: ledger)
            progress.looked()
        }
        #expect(audit.problems == [])
    }

    /// Walks from the newest page to the end, again and again.
    private static func read(
        _ history: OrderHistory, _ mirror: LedgerMirror, seed: UInt64, _ progress: Progress
    ) async throws {
        var random = SeededGenerator(seed: seed)
        let currencies: [Currency?] = [nil, nil, .eur, .gbp, .usd]
        while !progress.isOver {
            let currency = currencies.randomElement(using: &random) ?? nil
            let size = Int.random(in: 10...40, using: &random)
            var walk = OrderWalk(currency: currency, known: progress.newest(currency))
            var cursor: OrderID?
            repeat {
                let page = try await history.page(before: cursor, currency: currency, size: size)
                #expect(page.orders.count == size || page.next == nil)
                walk.orders += page.orders
                cursor = page.next
                progress.turnsPage()
            } while cursor != nil
            #expect(walk.problems(try await mirror.now()) == [])
            progress.walked()
        }
    }
}
