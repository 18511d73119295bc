import Basics
import Orders
import Redis
import Tape
import TestSupport
import Testing

/// `create_order.lua` by itself: its answers, and that a refusal has written nothing.
@Suite struct CreateOrderScriptTests {
    /// A ledger on a Redis of its own, open unless it is said otherwise.
    private struct Ledger {
        let redis: TestRedis
        let client: RedisClient

        init(open kind: String? = "real", total: String = "0", on server: RedisKind = .installed) async throws {
            redis = try await TestRedis(kind: server)
            client = redis.client()
            if let kind {
                _ = try await client.send(
                    RedisCommand(
                        "XADD", "{orders}:ledger", "*", "opened", "2026-11-21T09:00:00.000Z", "kind", kind, "total",
                        total, "tail", "00000000001"))
            }
        }

        func call(_ arguments: [String]) async throws -> [String] {
            let reply = try await client.evaluate(
                OrderScript.script, keys: ["{orders}:ledger", "{orders}:seen", "{orders}:missing"], arguments: arguments
            )
            return try #require(reply.array).map { $0.text ?? "…" }
        }

        func call(_ changes: [Int: String] = [:]) async throws -> [String] {
            try await call(Self.arguments(changes))
        }

        /// Everything that the ledger holds, to see whether a call has changed it.
        func contents() async throws -> RedisReply {
            .array([
                try await client.send(RedisCommand("XRANGE", "{orders}:ledger", "-", "+")),
                try await client.send(RedisCommand("HGETALL", "{orders}:seen")),
                try await client.send(RedisCommand("DBSIZE")),
            ])
        }

        /// Good arguments but for the changes, which are counted from 1 as in Lua.
        static func arguments(_ changes: [Int: String] = [:]) -> [String] {
            let now = Timestamp.machineTime
            var arguments = [
                "USD", "123.45", "key-1", "146796", "84096.51", "2026-11-21T09:01Z",
                "\(now.milliseconds - 60_000)", "\(now.milliseconds + 60_000)", "real", "0123456789a", now.rfc3339, "",
                "", "1", "10000000000", "EUR,GBP,USD", "",
            ]
            for (number, text) in changes { arguments[number - 1] = text }
            return arguments
        }
    }

    /// What Redis refuses to read is not lost.
    @Test func `a ledger of another type is an error, also for an order that was placed before`() async throws {
        let ledger = try await Ledger()
        #expect(try await ledger.call()[0] == "new")
        _ = try await ledger.client.send(RedisCommand("SET", "{orders}:ledger", "x"))
        for again in [[:], [4: ""]] {
            let error = await #expect(throws: RedisError.self) { try await ledger.call(again) }
            #expect(error?.code == .server("WRONGTYPE"))
        }
    }

    @Test func `a quote says what an order would be answered, and changes nothing`() async throws {
        let ledger = try await Ledger()
        let before = try await ledger.contents()
        #expect(try await ledger.call([17: "1"]) == ["quote", "0", "10000000000"])
        let refusals: [[Int: String]] = [
            [4: "10000000001"], [9: "sandbox"], [7: "1", 8: "2"], [1: "CHF"], [4: ""], [12: "1-1", 13: "00000000001"],
            [14: "x"], [5: "nan"],
        ]
        for changes in refusals {
            let order = try await ledger.call(changes)
            #expect(try await ledger.call(changes.merging([17: "1"]) { $1 }).prefix(1) == order.prefix(1), "\(changes)")
        }
        #expect(try await ledger.contents() == before)
        _ = try await ledger.call()
        // The key of an order that was placed does not count.
        #expect(try await ledger.call([17: "1"]) == ["quote", "146796", "10000000000"])
        #expect(try await ledger.call([4: "9999853204", 17: "1"])[0] == "quote")
        #expect(try await ledger.call([4: "9999853205", 17: "1"])[0] == "cap-exceeded")
    }

    @Test func `takes an order and finds it again, whatever is offered the second time`() async throws {
        let ledger = try await Ledger()
        let taken = try await ledger.call()
        #expect(taken[0] == "new" && taken[2] == "146796")
        let entry = try await ledger.client.send(RedisCommand("XRANGE", "{orders}:ledger", taken[1], taken[1]))
        let order = try LedgerEntry(reply: entry.array?.first)
        guard case .order(let order) = order else { throw NotAnOrder() }
        #expect("\(order.order.amount) \(order.order.rate) \(order.order.satoshi.digits)" == "123.45 84096.51 146796")
        #expect(order.identity == "USD 123.45 key-1" && order.total == Satoshi(146_796))
        let before = try await ledger.contents()
        for again in [[4: ""], [4: "1", 10: "00000000000"], [7: "1", 8: "2"], [9: "sandbox"], [4: "nan", 5: "x"]] {
            #expect(try await ledger.call(again) == ["seen", taken[1], "…", "0"])
        }
        #expect(try await ledger.call(Array(Ledger.arguments().prefix(3)) + [""]) == ["seen", taken[1], "…", "0"])
        // Whether the server has the entry that is known, too.
        #expect(try await ledger.call([4: "", 12: taken[1], 13: "0123456789a"]) == ["seen", taken[1], "…", "1"])
        #expect(try await ledger.call([12: taken[1], 13: "0123456789b"]) == ["seen", taken[1], "…", "0"])
        #expect(try await ledger.contents() == before)
    }

    private struct NotAnOrder: Error {}

    @Test func `another currency, amount or key is another order`() async throws {
        let ledger = try await Ledger()
        for changes in [[:], [1: "EUR"], [2: "123.46"], [3: "key-2"]] {
            #expect(try await ledger.call(changes)[0] == "new")
        }
        #expect(try await ledger.client.send(RedisCommand("HLEN", "{orders}:seen")) == .integer(4))
    }

    @Test func `fills the cap to the last satoshi, and refuses one more`() async throws {
        let ledger = try await Ledger()
        #expect(try await ledger.call([3: "a", 4: "9999999999"])[2] == "9999999999")
        let before = try await ledger.contents()
        for satoshi in ["2", "10000000000", "99999999999", "100000000000", "99999999999999999999999999999999999999"] {
            #expect(try await ledger.call([3: "b", 4: satoshi]) == ["cap-exceeded", "9999999999", "10000000000"])
        }
        #expect(try await ledger.contents() == before)
        #expect(try await ledger.call([3: "b", 4: "1"])[2] == "10000000000")
        #expect(try await ledger.call([3: "c", 4: "1"]) == ["cap-exceeded", "10000000000", "10000000000"])
    }

    @Test func `an entry of another hand cannot have what is sold sold anew`() async throws {
        let ledger = try await Ledger()
        let taken = try await ledger.call([3: "a", 4: "9996000000"])
        for foreign in [
            ["total", "0", "tail", "00000000002"], ["total", "0", "tail", "00000000002", "satoshi", "1"],
            ["total", "0", "satoshi", "1"],
        ] {
            let added = try await ledger.client.send(
                RedisCommand("XADD", arguments: ["{orders}:ledger", "*"] as [any RedisArgument] + foreign))
            let before = try await ledger.contents()
            let answer = try await ledger.call([3: "b", 4: "9000000000", 12: taken[1], 13: "0123456789a"])
            #expect(answer[0] == "damaged" && answer[1].contains(added.text ?? "?"), "\(foreign): \(answer)")
            #expect(try await ledger.contents() == before)
            _ = try await ledger.client.send(RedisCommand("XDEL", "{orders}:ledger", added.text ?? ""))
        }
        // One that says what was really sold counts.
        _ = try await ledger.client.send(
            RedisCommand(
                "XADD", "{orders}:ledger", "*", "raised", "2026-11-21T09:00:00.000Z", "total", "9999999999", "tail",
                "00000000003"))
        #expect(try await ledger.call([3: "b", 4: "2", 14: "2"]) == ["cap-exceeded", "9999999999", "10000000000"])
        #expect(try await ledger.call([3: "b", 4: "1", 14: "2"])[0] == "new")
    }

    @Test(arguments: RedisKind.all, ["hset", "xadd"])
    func `a user who may not run one of its writes places nothing, on every server`(
        kind: RedisKind, command: String
    ) async throws {
        let ledger = try await Ledger(on: kind)
        _ = try await ledger.client.send(
            RedisCommand("ACL", "SETUSER", "half", "on", ">half-secret", "~*", "+@all", "-\(command)"))
        let half = RedisEndpoint(address: ledger.redis.endpoint.address, user: "half", password: "half-secret")
        let before = try await ledger.contents()
        await #expect {
            _ = try await ledger.redis.client(half).evaluate(
                OrderScript.script, keys: ["{orders}:ledger", "{orders}:seen", "{orders}:missing"],
                arguments: Ledger.arguments())
        } throws: { error in
            (error as? RedisError)?.message.contains("may not run \(command.uppercased()) on {orders}:") == true
        }
        #expect(try await ledger.contents() == before)
        #expect(try await ledger.call()[0] == "new")
    }

    @Test func `an order whose key is gone is not placed a second time`() async throws {
        let ledger = try await Ledger()
        #expect(try await ledger.call()[0] == "new")
        _ = try await ledger.client.send(RedisCommand("DEL", "{orders}:seen"))
        let before = try await ledger.contents()
        #expect(try await ledger.call()[0] == "keys-lost")
        #expect(try await ledger.call([3: "another"])[0] == "keys-lost")
        #expect(try await ledger.contents() == before)
    }

    @Test func `a single key that is gone, and the newest one that leads elsewhere, are noticed`() async throws {
        let ledger = try await Ledger()
        for key in ["a", "b", "c"] { #expect(try await ledger.call([3: key])[0] == "new") }
        let first = try await ledger.client.send(RedisCommand("HGET", "{orders}:seen", "USD 123.45 a")).text ?? ""
        _ = try await ledger.client.send(RedisCommand("HDEL", "{orders}:seen", "USD 123.45 b"))
        #expect(try await ledger.call([3: "d"]) == ["keys-lost", "it has 2 keys for 3 orders"])
        _ = try await ledger.client.send(RedisCommand("HSET", "{orders}:seen", "USD 123.45 b", "5-0"))
        #expect(try await ledger.call([3: "d"])[0] == "new")
        _ = try await ledger.client.send(RedisCommand("HSET", "{orders}:seen", "USD 123.45 d", first))
        #expect(try await ledger.call([3: "e"])[0] == "keys-lost")
        // Keys of an earlier ledger beside those of this one are no loss.
        let reopened = try await Ledger()
        _ = try await reopened.client.send(
            RedisCommand("HSET", "{orders}:seen", "USD 1 old", "1-0", "USD 2 old", "2-0"))
        #expect(try await reopened.call()[0] == "new")
    }

    @Test func `while a loss is marked nothing is placed, and orders that are there are found`() async throws {
        let ledger = try await Ledger()
        let taken = try await ledger.call()
        _ = try await ledger.client.send(
            RedisCommand("SET", "{orders}:missing", #"{"kind":"real","opened":"1-0","entry":"7-0","total":"9"}"#))
        #expect(try await ledger.call()[1] == taken[1])
        #expect(try await ledger.call([3: "b"])[0] == "ledger-lost")
        _ = try await ledger.client.send(RedisCommand("SET", "{orders}:missing", "rubbish"))
        #expect(try await ledger.call([3: "b"])[0] == "ledger-lost")
    }

    @Test func `counts on from what was sold before the ledger`() async throws {
        let ledger = try await Ledger(total: "9999999990")
        #expect(try await ledger.call([4: "11"]) == ["cap-exceeded", "9999999990", "10000000000"])
        #expect(try await ledger.call([4: "10"])[2] == "10000000000")
    }

    @Test(arguments: [
        (1, ["", "eur", "EU1", "EUR ", "E", "nan"]),
        (
            2,
            [
                "", "0", "0.0", "00", "01", "1.0", "1.10", "1.", ".5", "+1", "-1", "1e5", "nan", "inf", "0x10", " 1",
                "1\n",
                "1234567890", "1.123456789", "٣", "1,5", "1.2.3", String(repeating: "9", count: 1000),
            ]
        ),
        (3, ["", " ", "a b", "a\n", "a\0", "ü", String(repeating: "k", count: 256)]),
        (14, ["", "nan", "-1", "01", "1e3"]), (15, ["", "0", "nan", "1e3", "01", "12345678901234567"]),
        (16, ["", "usd", "USD EUR"]), (17, ["0", "yes"]),
        (
            4,
            [
                "0", "-1", "1.0", "01", "nan", "inf", "1e3", "0x10", " 5 ", "5\n", "5\0", "٣",
                String(repeating: "9", count: 39),
            ]
        ),
        (
            5,
            [
                "", "0", "0.0", "nan", "-1", "1e3", "1.", ".1", "01", "1.123456789012345678901",
                String(repeating: "9", count: 39),
            ]
        ),
        (6, ["", "2026-11-21", "2026-11-21T09:01:00Z", "2026-11-21T09:01Zx", "nan"]),
        (7, ["", "nan", "-1", "1e9", "01", "1234567890123456"]), (8, ["", "nan", "inf", "-1", "1e99", "0x7"]),
        (9, ["", "Real", "test"]), (10, ["", "0123456789", "4123456789a", "0123456789A", "0123456789ab", "nan"]),
        (11, ["", "now", "2026-11-21T09:01:00Z", "2026-11-21T09:01:00.000Z "]),
        (12, ["nan", "-", "1", "1-", "-1", "1-1-1"]), (13, ["0", "0123456789a"]),
    ]) func `a bad argument is named, and nothing is written`(number: Int, texts: [String]) async throws {
        let ledger = try await Ledger()
        let before = try await ledger.contents()
        for text in texts {
            #expect(try await ledger.call([number: text]) == ["bad-argument", "\(number)"], "\(text.debugDescription)")
        }
        #expect(try await ledger.call(Ledger.arguments().dropLast()) == ["bad-argument", "16"])
        #expect(try await ledger.call(Ledger.arguments() + ["x"]) == ["bad-argument", "18"])
        #expect(try await ledger.contents() == before)
    }

    @Test func `without an offer it only looks`() async throws {
        let ledger = try await Ledger()
        #expect(try await ledger.call([4: ""]) == ["no-offer"])
        #expect(try await ledger.client.send(RedisCommand("XLEN", "{orders}:ledger")) == .integer(1))
    }

    @Test func `without a ledger nothing is sold, and one that was known is lost`() async throws {
        let ledger = try await Ledger(open: nil)
        #expect(try await ledger.call() == ["not-open"])
        #expect(try await ledger.call([12: "5-0", 13: "00000000001"]) == ["ledger-lost", "5-0"])
        #expect(try await ledger.client.send(RedisCommand("DBSIZE")) == .integer(0))
    }

    @Test func `a known entry must be there, with its tail`() async throws {
        let ledger = try await Ledger()
        let first = try await ledger.call([3: "a", 10: "0000000000a"])[1]
        let second = try await ledger.call([3: "b", 12: first, 13: "0000000000a", 10: "0000000000b"])[1]
        #expect(try await ledger.call([3: "c", 12: first, 13: "0000000000b"]) == ["ledger-lost", first])
        #expect(try await ledger.call([3: "c", 12: second, 13: "0000000000a"]) == ["ledger-lost", second])
        #expect(try await ledger.call([3: "c", 12: "99999999999999-0", 13: "0000000000a"])[0] == "ledger-lost")
        // An older copy of the ledger, as a failover or a backup brings it back.
        _ = try await ledger.client.send(RedisCommand("XDEL", "{orders}:ledger", second))
        #expect(try await ledger.call([3: "c", 12: second, 13: "0000000000b"]) == ["ledger-lost", second])
        #expect(try await ledger.call([3: "b"]) == ["ledger-lost", second])
        #expect(try await ledger.call([3: "c", 12: first, 13: "0000000000a"])[0] == "new")
    }

    @Test func `a seen key whose entry is another order's is a lost ledger`() async throws {
        let ledger = try await Ledger()
        let id = try await ledger.call()[1]
        for value in [id + "x", "nan", "-", "0-1"] {
            _ = try await ledger.client.send(RedisCommand("HSET", "{orders}:seen", "USD 5 key-1", value))
            #expect(try await ledger.call([2: "5"]) == ["ledger-lost", value])
        }
        _ = try await ledger.client.send(RedisCommand("HSET", "{orders}:seen", "USD 5 key-1", id))
        #expect(try await ledger.call([2: "5"]) == ["ledger-lost", id])
    }

    @Test func `a rate is good between its two instants by Redis' clock, and of the ledger's kind`() async throws {
        let ledger = try await Ledger()
        let now = Timestamp.machineTime.milliseconds
        #expect(try await ledger.call([7: "\(now - 9000)", 8: "\(now - 5000)"])[0] == "rate-stale")
        #expect(try await ledger.call([7: "\(now + 60_000)", 8: "\(now + 90_000)"])[0] == "rate-stale")
        #expect(try await ledger.call([9: "sandbox"]) == ["wrong-kind", "real"])
        #expect(try await ledger.client.send(RedisCommand("XLEN", "{orders}:ledger")) == .integer(1))
    }

    @Test(arguments: ["", "nan", "-5", "1e3", "5.0", "05", "10000000000000000"]) func `a damaged total sells nothing`(
        total: String
    ) async throws {
        let ledger = try await Ledger()
        _ = try await ledger.client.send(
            RedisCommand("XADD", "{orders}:ledger", "*", "total", total, "tail", "00000000002"))
        #expect(try await ledger.call()[0] == "damaged")
        #expect(try await ledger.client.send(RedisCommand("XLEN", "{orders}:ledger")) == .integer(2))
    }

    @Test func `a ledger without its opening, or without room for ids, sells nothing`() async throws {
        let trimmed = try await Ledger()
        _ = try await trimmed.call()
        _ = try await trimmed.client.send(RedisCommand("XTRIM", "{orders}:ledger", "MAXLEN", "1"))
        #expect(try await trimmed.call([3: "b"])[0] == "damaged")
        for id in ["281474976710656-0", "99999999999999-4294967295", "18446744073709551615-18446744073709551615"] {
            let ahead = try await Ledger()
            _ = try await ahead.client.send(
                RedisCommand("XADD", "{orders}:ledger", id, "total", "0", "tail", "00000000002", "satoshi", "1"))
            #expect(try await ahead.call()[0] == "damaged")
        }
        let last = try await Ledger()
        _ = try await last.client.send(
            RedisCommand(
                "XADD", "{orders}:ledger", "99999999999999-4294967294", "total", "0", "tail", "00000000002", "satoshi",
                "1"))
        _ = try await last.client.send(RedisCommand("HSET", "{orders}:seen", "its key", "99999999999999-4294967294"))
        #expect(try await last.call()[1] == "99999999999999-4294967295")
        #expect(try await last.call([3: "b"])[0] == "damaged")
    }

    @Test func `a key of another type is an error before anything is written`() async throws {
        for key in ["{orders}:ledger", "{orders}:seen"] {
            let ledger = try await Ledger(open: key == "{orders}:ledger" ? nil : "real")
            _ = try await ledger.client.send(RedisCommand("SET", key, "x"))
            let before = try await ledger.client.send(RedisCommand("DBSIZE"))
            await #expect(throws: RedisError.self) { try await ledger.call() }
            #expect(try await ledger.client.send(RedisCommand("DBSIZE")) == before)
        }
    }

    @Test func `out of memory nothing is written`() async throws {
        let ledger = try await Ledger()
        _ = try await ledger.client.send(RedisCommand("CONFIG", "SET", "maxmemory", "1"))
        await #expect(throws: RedisError.self) { try await ledger.call() }
        _ = try await ledger.client.send(RedisCommand("CONFIG", "SET", "maxmemory", "0"))
        #expect(try await ledger.client.send(RedisCommand("XLEN", "{orders}:ledger")) == .integer(1))
        #expect(try await ledger.call()[0] == "new")
    }

    @Test func `its keys share a slot of Redis Cluster, with any prefix`() async throws {
        // Else the nodes' own port is the clients' and 10,000, which may be one that the system has given to a client.
        let redis = try await TestRedis(["--cluster-enabled", "yes", "--cluster-port", "\(try FreePort.next())"])
        let client = redis.client()
        for prefix in ["", "test:"] {
            let keys = TapeKeys(prefix: prefix)
            let slots = [
                try await client.send(RedisCommand("CLUSTER", "KEYSLOT", keys.ledger)),
                try await client.send(RedisCommand("CLUSTER", "KEYSLOT", keys.seen)),
            ]
            #expect(slots[0] == slots[1])
        }
        _ = try await client.send(RedisCommand("CLUSTER", "ADDSLOTSRANGE", 0, 16383))
        try await eventually("the cluster of one is well") {
            try await client.send(RedisCommand("CLUSTER", "INFO")).text?.contains("cluster_state:ok") == true
        }
        _ = try await client.send(
            RedisCommand(
                "XADD", "{orders}:ledger", "*", "opened", "2026-11-21T09:00:00.000Z", "kind", "real", "total", "0",
                "tail",
                "00000000001"))
        let reply = try await client.evaluate(
            OrderScript.script, keys: ["{orders}:ledger", "{orders}:seen", "{orders}:missing"],
            arguments: Ledger.arguments())
        #expect(reply.array?.first?.text == "new")
    }
}
