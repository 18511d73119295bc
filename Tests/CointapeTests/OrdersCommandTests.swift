import Basics
import Foundation
import Orders
import Redis
import Tape
import TestSupport
import Testing

/// `cointape orders open`, and the ledger that `up` opens.
@Suite(.serialized, .tags(.load)) struct OrdersOpenTests {
    @Test(.timeLimit(.minutes(5)), arguments: [("btc_rate", "real"), ("sandbox", "sandbox")])
    func `opens a ledger once, for the rates that there are`(source: String, kind: String) async throws {
        let orders = try await TestOrders()
        try await orders.publishRates(source: source, minutesAgo: 2)
        try await orders.publishRates(source: source, minutesAgo: 1, gap: true)
        let opened = try await orders.run(["open"])
        let entries = try await orders.entries()
        #expect(opened.code == 0 && entries.count == 1)
        #expect(
            opened.lines == ["opened \(entries[0].id) for \(kind) rates: 0 of 100 BTC are sold; it takes EUR,GBP,USD"])
        #expect(
            entries[0].fields.enumerated().compactMap { $0 % 2 == 0 ? $1 : nil } == [
                "opened", "kind", "cap", "currencies", "total", "tail",
            ])
        #expect(entries[0]["kind"] == kind && entries[0]["total"] == "0")
        let time = try #require(entries[0]["opened"].flatMap { Timestamp(rfc3339: $0) })
        #expect(Timestamp.machineTime - time < .seconds(60))
        #expect(OrderTail(entries[0]["tail"] ?? "") != nil)

        let before = try await orders.dump()
        for arguments in [["open"], ["open", "--already-sold", "5"], ["open", "--kind", kind]] {
            let again = try await orders.run(arguments)
            #expect(again.code == 1 && again.lines.count == 1)
            #expect(again.lines[0].hasPrefix("cointape: the ledger is open already, since its entry \(entries[0].id)"))
        }
        #expect(try await orders.dump() == before)
        try await orders.place(3)
        let used = try await orders.run(["open"])
        #expect(used.code == 1 && used.lines.first?.contains("open already") == true)
    }

    @Test(.timeLimit(.minutes(5))) func `of many at once one opens it`() async throws {
        let orders = try await TestOrders()
        try await orders.publishRates(source: "sandbox")
        let codes = try await withThrowingTaskGroup(of: Int32.self) { group in
            for _ in 0..<6 { group.addTask { try await orders.run(["open"]).code } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(codes.sorted() == [0, 1, 1, 1, 1, 1])
        #expect(try await orders.entries().count == 1)
    }

    @Test(.timeLimit(.minutes(5))) func `a read model elsewhere shows that there was a ledger`() async throws {
        let orders = try await TestOrders(separateReadModel: true)
        try await orders.publishRates(source: "sandbox")
        #expect(try await orders.run(["open"]).code == 0)
        let placed = try await orders.place(3)
        #expect(try await orders.run(["rebuild"]).code == 0)
        _ = try await orders.client.send(RedisCommand("FLUSHALL"))
        try await orders.publishRates(source: "sandbox")
        let before = try await orders.dump()
        let refused = try await orders.run(["open"])
        #expect(refused.code == 1 && refused.lines.count == 1)
        let last = try #require(placed.last).id.entry
        #expect(refused.lines[0].contains("there was a ledger: the read model goes up to the entry \(last)"))
        #expect(refused.lines[0].contains("--already-sold BTC"))
        #expect(try await orders.dump() == before)

        let opened = try await orders.run(["open", "--already-sold", "1.50"])
        #expect(opened.code == 0 && opened.lines.first?.contains("1.5 of 100 BTC are sold") == true)
        #expect(try await orders.entries().map { $0["total"] } == ["150000000"])
        // The old read model stays until somebody wants another.
        #expect(try await orders.run(["verify"]).lines.contains { $0.contains("read model's last entry") })
        #expect(try await orders.run(["rebuild"]).code == 0)
        #expect(try await orders.run(["verify"]).lines.last == "ok")
    }

    @Test(.timeLimit(.minutes(5))) func `seen keys show that there was a ledger, and stay as they are`() async throws {
        let orders = try await TestOrders()
        try await orders.publishRates(source: "btc_rate")
        #expect(try await orders.run(["open"]).code == 0)
        try await orders.place(5)
        let seen = try await orders.client.send(RedisCommand("HGETALL", TestOrders.seen))
        _ = try await orders.client.send(RedisCommand("DEL", TestOrders.ledger))
        let refused = try await orders.run(["open"])
        #expect(refused.code == 1 && refused.lines.count == 1)
        #expect(refused.lines[0].contains("there was a ledger: {orders}:seen exists"))
        #expect(try await orders.entries().isEmpty)
        #expect(try await orders.run(["open", "--already-sold", "0"]).code == 0)
        #expect(try await orders.client.send(RedisCommand("HGETALL", TestOrders.seen)) == seen)
        // Keys of the earlier ledger are told, and no finding.
        let verified = try await orders.run(["verify"])
        #expect(verified.code == 0 && verified.lines.last == "ok", "\(verified.lines)")
        #expect(verified.lines.contains { $0.contains("earlier ledger") })
    }

    @Test(.timeLimit(.minutes(5))) func `a ledger whose entries were all deleted was one`() async throws {
        let orders = try await TestOrders()
        try await orders.publishRates(source: "btc_rate")
        #expect(try await orders.run(["open"]).code == 0)
        _ = try await orders.client.send(RedisCommand("XTRIM", TestOrders.ledger, "MAXLEN", "0"))
        let refused = try await orders.run(["open"])
        #expect(refused.code == 1 && refused.lines.first?.contains("{orders}:ledger has had entries") == true)
        #expect(try await orders.run(["open", "--already-sold", "0"]).code == 0)
    }

    @Test(.timeLimit(.minutes(5))) func `without rates the kind is said, and never against the rates`() async throws {
        let orders = try await TestOrders()
        try await orders.publishRates(source: "sandbox", minutesAgo: 3, gap: true)
        let unknown = try await orders.run(["open"])
        #expect(unknown.code == 1 && unknown.lines.count == 1)
        #expect(unknown.lines[0].contains("say --kind real or --kind sandbox"))
        try await orders.publishRates(source: "sandbox")
        let contrary = try await orders.run(["open", "--kind", "real"])
        #expect(contrary.code == 1 && contrary.lines.count == 1)
        #expect(contrary.lines[0].contains("of the kind sandbox: say --kind sandbox"))
        #expect(try await orders.entries().isEmpty)
        _ = try await orders.client.send(RedisCommand("DEL", "btc_rate"))
        #expect(try await orders.run(["open", "--kind", "real"]).code == 0)
        #expect(try await orders.entries().first?["kind"] == "real")
    }

    @Test(.timeLimit(.minutes(5))) func `a sum that is none, or beyond the cap, is not taken`() async throws {
        let orders = try await TestOrders()
        try await orders.publishRates(source: "sandbox")
        for sum in ["100.00000001", "101", "-1", "+1", "1e1", "1,5", "NaN", "0.000000001", "01", "1 BTC", "٣"] {
            let result = try await orders.run(["open", "--already-sold=\(sum)"])
            #expect(result.code == 64 && result.lines.first?.contains("BTC from 0 to the cap, 100,") == true, "\(sum)")
        }
        #expect(try await orders.run(["open", "--kind", "other"]).code == 64)
        #expect(try await orders.entries().isEmpty)
        #expect(try await orders.run(["open", "--already-sold", "100"]).code == 0)
        #expect(try await orders.entries().first?["total"] == "10000000000")
    }

    @Test(.timeLimit(.minutes(5))) func `finds the ledger by its config, and keeps passwords to itself`() async throws {
        let orders = try await TestOrders()
        let folder = try TestFolder()
        try #"""
        {"worker": "project", "name": "ledger", "redis": {"url": "\#(orders.redis.url)", "prefix": "shop:"}}
        """#.write(toFile: "\(folder.path)/ledger.json", atomically: true, encoding: .utf8)
        try await orders.publishRates(source: "btc_rate", key: "shop:btc_rate")
        for place in [(["--config", "\(folder.path)/ledger.json"], [:]), ([], ["CONFIG_DIR": folder.path])] {
            #expect(try await orders.run(["open"] + place.0, environment: place.1).code == (place.1.isEmpty ? 0 : 1))
        }
        #expect(try await orders.client.send(RedisCommand("XLEN", "shop:{orders}:ledger")) == .integer(1))
        #expect(try await orders.run(["verify", "--config", "\(folder.path)/ledger.json"]).lines.last == "ok")

        for command in ["open", "verify", "rebuild"] {
            let wrong = try await orders.run([command, "--config", "config/price.json"])
            #expect(wrong.code == 78)
            #expect(wrong.lines == ["cointape: config/price.json is not the config of a project worker"])
            #expect(try await orders.run([command, "--config", "no/such.json"]).code == 78)
            let away = ["REDIS_URL": "redis://user:canary-word@127.0.0.1:\(try FreePort.next())"]
            let unreachable = try await orders.run([command], environment: away)
            #expect(unreachable.code == 1 && unreachable.lines.count == 1, "\(unreachable.lines)")
            #expect(unreachable.lines.first?.contains("Connection refused") == true)
        }
    }

    @Test(.timeLimit(.minutes(5))) func `commands find the feed of rates through the config`() async throws {
        let orders = try await TestOrders()
        let folder = try TestFolder()
        for (name, rates) in [("ledger", #", "orders": {"rates": "gold"}"#), ("other", "")] {
            try #"{"worker": "project", "name": "ledger", "redis": {"url": "\#(orders.redis.url)"}\#(rates)}"#
                .write(toFile: "\(folder.path)/\(name).json", atomically: true, encoding: .utf8)
        }
        try await orders.publishRates(source: "gold", key: "gold")
        let other = try await orders.run(["open", "--config", "\(folder.path)/other.json"])
        #expect(other.code == 1 && other.lines.first?.contains("there is no rate in btc_rate") == true)
        let opened = try await orders.run(["open", "--config", "\(folder.path)/ledger.json"])
        #expect(opened.code == 0 && opened.lines.first?.contains("for real rates") == true, "\(opened.lines)")
        // An api of the same ledger that prices orders by other rates does not agree with it.
        try #"""
        {"worker": "api", "name": "api", "redis": {"url": "\#(orders.redis.url)"}, "listen": [{"host": "127.0.0.1", "port": 0}],
          "list": {"stream": "toplist", "columns": ["Rank"]}, "orders": {}}
        """#.write(toFile: "\(folder.path)/api.json", atomically: true, encoding: .utf8)
        let checked = try await Cointape.run(["check", "\(folder.path)/ledger.json", "\(folder.path)/api.json"])
        #expect(checked.code == 78 && checked.text.contains("prices orders by btc_rate"), "\(checked.text)")
    }

    @Test(.timeLimit(.minutes(5)))
    func `up opens a ledger in a folder that it makes, and none in one that there was`() async throws {
        let folder = try TestFolder()
        let port = try FreePort.next(2)
        let arguments = ["up", "--data", "\(folder.path)/data", "--port", "\(port)"]
        // As up has it by itself.
        let witness = ["WITNESS_DIR": "\(folder.path)/data/witness"]
        let first = try Cointape(arguments, environment: witness)
        try await first.prints("Ctrl-C ends it.")
        let entries = try await shell("redis-cli -p \(port + 1) XRANGE '{orders}:ledger' - +")
        #expect(entries.contains("opened\n") && entries.contains("kind\nsandbox\n") && entries.contains("total\n0\n"))
        // The lines of the banner work as they stand.
        let lines = first.text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        let put = try #require(lines.first { $0.hasPrefix("curl -X PUT") })
        #expect(try await shell(put).contains(#""currency_amount":"100""#))
        let get = try #require(lines.first { $0.hasPrefix("curl") && $0.hasSuffix("/buy_orders'") })
        #expect(try await shell(get).contains(#""rows":[{"id":"#))
        #expect(!first.text.contains("No ledger is open"))
        let environment = ["REDIS_URL": "redis://127.0.0.1:\(port + 1)"].merging(witness) { $1 }
        let verified = try await Cointape.run(["orders", "verify"], environment: environment)
        #expect(verified.code == 0 && verified.text.hasSuffix("ok\n"), "\(verified.text)")
        _ = try await shell("redis-cli -p \(port + 1) DEL '{orders}:ledger' '{orders}:seen'")
        _ = try await shell("redis-cli -p \(port + 1) --raw KEYS '{read}*' | xargs redis-cli -p \(port + 1) DEL")
        first.signal(SIGTERM)
        #expect(try await first.exit() == 0)

        let second = try Cointape(arguments, environment: witness)
        try await second.prints("The ledger is lost, so no order is taken: ")
        #expect(!second.text.contains("No ledger is open") && second.text.contains("cointape orders verify"))
        #expect(try await shell("redis-cli -p \(port + 1) EXISTS '{orders}:ledger'") == "0\n")
        // An order was acknowledged, and that is not forgotten with the ledger.
        try await eventually("the loss is marked") {
            try await shell("redis-cli -p \(port + 1) EXISTS '{orders}:missing'") == "1\n"
        }
        let refused = try await Cointape.run(["orders", "open"], environment: environment)
        #expect(refused.code == 1 && refused.text.contains("there was a ledger"), "\(refused.text)")
        let tooLittle = try await Cointape.run(["orders", "open", "--already-sold", "0"], environment: environment)
        #expect(tooLittle.code == 1 && tooLittle.text.contains("BTC had been sold"), "\(tooLittle.text)")
        let opened = try await Cointape.run(["orders", "open", "--already-sold", "1"], environment: environment)
        #expect(opened.code == 0 && opened.text.contains("for sandbox rates: 1 of 100 BTC"), "\(opened.text)")
        #expect(try await shell("redis-cli -p \(port + 1) EXISTS '{orders}:missing'") == "0\n")
        second.signal(SIGTERM)
        #expect(try await second.exit() == 0)
    }

    @Test(.timeLimit(.minutes(5))) func `up opens no ledger on another Redis than its own`() async throws {
        let folder = try TestFolder()
        let other = try await TestRedis()
        let port = try FreePort.next(2)
        let up = try Cointape(
            ["up", "--data", "\(folder.path)/data", "--port", "\(port)"], environment: ["ORDERS_REDIS_URL": other.url])
        try await up.prints("No ledger is open")
        // An api tries whether it could write there, and that is all.
        let keys = (try await other.client().send(RedisCommand("KEYS", "*")).array ?? []).compactMap(\.text)
        #expect(keys.allSatisfy { $0 == "{orders}:probe:api" }, "\(keys)")
        #expect(try await shell("redis-cli -p \(port + 1) EXISTS '{orders}:ledger'") == "0\n")
        up.signal(SIGTERM)
        #expect(try await up.exit() == 0)
    }
}
