import Basics
import Redis
import Tape
import TestSupport
import Testing

@testable import Orders

/// The lists of what orders need hold what the sources run, and what a user lacks is named.
@Suite struct OrdersNeedsTests {
    private static let keys = TapeKeys()
    private static let waiting = Acknowledgement(replicas: 1, fsync: false, timeout: .milliseconds(50))
    private static let placing = [RedisNeed].placing(keys, waiting)

    /// The keys that each script is given, and the list that has to cover it.
    private static let scripts: [String: (keys: [String], needs: [RedisNeed])] = {
        let (ledger, seen, missing) = (keys.ledger, keys.seen, keys.missing)
        let (live, shadow) = (ReadModelKeys(keys), ReadModelKeys(keys, .rebuild))
        let currencies = LedgerTerms.standard.currencies
        let people = placing + .folding(keys) + .mending(keys)
        return [
            "create_order": ([ledger, seen, missing], placing), "confirm": ([ledger, keys.confirmed], placing),
            "mark_loss": ([ledger, missing], placing), "clear_loss": ([missing], placing),
            "page": ([live.statistics, live.orders()], .showing(keys)),
            "project": (live.all(currencies), .folding(keys)),
            "keep_witness": ([keys.witness], .witnessing(keys)), "open_ledger": ([ledger, seen, missing], people),
            "raise_total": ([ledger, missing], people), "add_currencies": ([ledger, seen], people),
            "repair_keys": ([ledger, seen], people),
            "replace": (live.all(currencies) + shadow.all(currencies), people),
        ]
    }()

    @Test func `each command of a script is in the needs of whoever runs it`() throws {
        #expect(try LuaCalls.uncovered(in: "Orders", by: Self.scripts) == [])
    }

    @Test func `each command that Swift sends is a need, or told as what may not be asked`() throws {
        let needs =
            Self.placing + .placing(Self.keys, Acknowledgement(replicas: 0, fsync: true, timeout: .seconds(1)))
            + .showing(Self.keys) + .following(Self.keys, nil) + .folding(Self.keys) + .witnessing(Self.keys)
            + .mending(Self.keys)
        // INFO and CONFIG are unknown without the right; the others are those of `cointape orders verify`.
        let optional: Set = ["INFO", "CONFIG", "MULTI", "EXEC", "HSCAN"]
        let missing = try LuaCalls.sent(by: ["Orders", "Projecting"]).subtracting(optional).subtracting(
            needs.map(\.command))
        #expect(missing == [])
    }

    /// A ledger, and what an api has of it, as a user with these rights.
    private struct Place {
        let redis: TestRedis
        var ledger: TestLedger
        let clock = TapeClock()

        init(_ kind: RedisKind = .installed) async throws {
            redis = try await TestRedis(kind: kind)
            ledger = TestLedger(redis.client())
            try await ledger.open()
        }

        func fitness(
            _ client: RedisClient, _ readModel: RedisClient? = nil, acknowledgement: Acknowledgement? = nil,
            projects: Bool = false
        ) async throws -> [OrdersFitness.Finding] {
            try await OrdersFitness.probe(
                ledger: client, readModel: readModel ?? redis.client(), keys: keys, worker: "test",
                keyAudit: KeyAudit(ledger: client, keys: keys, clock: clock), acknowledgement: acknowledgement,
                places: !projects, projects: projects
            ).findings.filter { $0.what.contains("may not") || $0.what.contains("refuses") }
        }

        func place(
            _ client: RedisClient, _ key: String, acknowledgement: Acknowledgement? = nil
        ) async throws -> OrderPlacer.Placement {
            let expectedEntries = ExpectedEntries()
            let history = OrderHistory(readModel: client, ledger: client, keys: keys, clock: clock)
            let detector = LossDetector(
                history: history, expectedEntries: expectedEntries, ledger: client, keys: keys, clock: clock)
            try await detector.check()
            let confirmation = acknowledgement.flatMap {
                LedgerConfirmation(ledger: client, keys: keys, acknowledgement: $0)
            }
            let placer = OrderPlacer(
                redis: client, keys: keys, confirmation: confirmation, maxRateAge: .seconds(180),
                expectedEntries: expectedEntries,
                clock: clock)
            let rates = BTCRates(
                minute: Minute(containing: clock.now), kind: .sandbox, rates: [.usd: try #require(Rate("100"))])
            let request = OrderRequest(
                currency: .usd, amount: try #require(Amount("1".utf8)), key: try #require(IdempotenceKey(key)))
            return try await placer.place(request, rates: rates)
        }
    }

    private static let probes = [RedisNeed("SET", keys.probe("test", tag: "{orders}"))]

    @Test(arguments: RedisKind.all)
    func `a user with these rights and no others takes and shows orders, on every server`(
        kind: RedisKind
    ) async throws {
        let place = try await Place(kind)
        let narrow = try await NarrowUser(place.redis, Self.placing + .showing(Self.keys) + Self.probes)
        guard case .order = try await place.place(narrow.client, "a") else {
            Issue.record("no order")
            return
        }
        #expect(
            try await place.place(narrow.client, "b", acknowledgement: Self.waiting)
                == .unsafe("0 of 1 replicas have it"))
        let history = OrderHistory(
            readModel: narrow.client, ledger: narrow.client, keys: Self.keys, clock: place.clock)
        #expect(try await history.page(before: nil, currency: nil, size: 10).orders.count == 2)
        #expect(try await place.fitness(narrow.client, narrow.client, acknowledgement: Self.waiting) == [])
    }

    @Test(arguments: RedisKind.all) func `a user with these rights and no others folds, on every server`(
        kind: RedisKind
    ) async throws {
        var place = try await Place(kind)
        try await place.ledger.orders(3)
        let ledger = try await NarrowUser(place.redis, .following(Self.keys, nil))
        let model = try await NarrowUser(
            place.redis, .folding(Self.keys) + [RedisNeed("SET", Self.keys.probe("test", tag: "{read}"))])
        let fold = LedgerFold(
            readModel: model.client, ledger: ledger.client, keys: Self.keys, confirmation: nil, clock: place.clock)
        guard case .folded = try await fold.step(atMost: 100) else {
            Issue.record("nothing was folded")
            return
        }
        #expect(try await place.fitness(ledger.client, model.client, projects: true) == [])
    }

    @Test(arguments: RedisKind.all)
    func `each command that is taken away is named, and by the order too, on every server`(
        kind: RedisKind
    ) async throws {
        let place = try await Place(kind)
        let is62 = kind.name == "redis-6.2"
        for rule in Set(Self.placing.map(\.rule)).subtracting(["eval"]) {
            let narrow = try await NarrowUser(
                place.redis, Self.placing + .showing(Self.keys) + Self.probes, without: rule)
            let name = rule.prefix { $0 != "|" }.uppercased()
            let words = try await place.fitness(narrow.client, acknowledgement: Self.waiting).map(\.what)
            // Redis 6.2 can only be asked what changes nothing.
            if !is62 || !["DEL", "WAIT"].contains(name) {
                #expect(words.contains { $0.contains("this user may not run \(name)") }, "\(rule): \(words)")
            }
            #expect(!words.contains { $0.contains("narrow") })
            do {
                let placement = try await place.place(
                    narrow.client, rule.replacing("|", with: "-"), acknowledgement: Self.waiting)
                guard case .unsafe(let why) = placement else {
                    Issue.record("\(rule): \(placement)")
                    continue
                }
                if name == "WAIT" { #expect(why == "NOPERM this user may not run WAIT") }
            } catch let error as RedisError {
                #expect(
                    error.isDenial && error.message.contains("may not run") && error.message.contains("\(name)"),
                    "\(rule): \(error)")
                #expect(!error.message.contains("narrow"), "\(error)")
            }
        }
    }

    @Test(arguments: RedisKind.all) func `what Redis does not allow inside a script is named, on every server`(
        kind: RedisKind
    ) async throws {
        let place = try await Place(kind)
        let call = OrderScript(
            OrderRequest(
                currency: .usd, amount: try #require(Amount("1".utf8)), key: try #require(IdempotenceKey("a"))),
            offer: nil, tail: .random(), now: place.clock.now, known: nil, entriesWithoutKey: 1, keys: Self.keys)
        let mute = try await NarrowUser(place.redis, Self.placing, without: "hget")
        let command = await #expect(throws: RedisError.self) {
            try await mute.client.evaluate(OrderScript.script, keys: call.keys, arguments: call.arguments)
        }
        #expect(command?.message == "NOPERM this user may not run HGET in create_order.lua")
        // Redis 7 looks at the keys of the whole call first.
        let far = try await NarrowUser(place.redis, Self.placing, withoutKey: Self.keys.seen)
        let key = await #expect(throws: RedisError.self) {
            try await far.client.evaluate(OrderScript.script, keys: call.keys, arguments: call.arguments)
        }
        #expect(key?.isDenial == true && key?.message.contains(" on its key") == true, "\(String(describing: key))")
    }
}
