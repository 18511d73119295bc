import Orders
import Redis
import Tape
import TestSupport
import Testing

/// A backup that lacks orders which were acknowledged, put back as docs/howto/ledger.md says.
@Suite(.tags(.clock)) struct OrdersLostTests {
    @Test(.timeLimit(.minutes(5)))
    func `what an old copy of the ledger lacks counts against the cap before anything is sold again`() async throws {
        let orders = try await TestOrders(separateReadModel: true)
        try await orders.publishRates(source: "sandbox")
        #expect(try await orders.run(["open"]).code == 0)
        try await orders.place(3)
        let backup = try await orders.entries()
        let seen = try await orders.client.send(RedisCommand("DUMP", TestOrders.seen))
        let placed = try await orders.place(6, from: 4)
        let sold = try #require(try await orders.entries().last?["total"].flatMap { Satoshi(digits: $0.utf8) })
        #expect(try await orders.run(["rebuild"]).code == 0)

        try await orders.rewrite { $0 = backup }
        _ = try await orders.client.send(
            RedisCommand("RESTORE", TestOrders.seen, 0, try #require(seen.bytes), "REPLACE"))
        let witness = try await orders.readModel.client().send(RedisCommand("XRANGE", "{read}:all", "-", "+"))
        let verified = try await orders.run(["verify"])
        #expect(verified.code == 1)
        #expect(verified.lines.contains { $0.contains("read model's last entry, and not in the ledger") })
        let refused = try await orders.run(["rebuild"])
        #expect(refused.code == 1 && refused.lines.count == 1)
        #expect(refused.lines[0].contains("\(placed[5].id.entry)") && refused.lines[0].contains("--sold \(sold.btc)"))
        // The last witness of the lost orders is as it was.
        #expect(
            try await orders.readModel.client().send(RedisCommand("XRANGE", "{read}:all", "-", "+")) == witness)

        let raised = try await orders.run(["raise", "--sold", sold.btc])
        #expect(raised.code == 0 && raised.lines.first?.contains("\(sold.btc) of 100 BTC are sold") == true)
        let again = try await orders.run(["raise", "--sold", sold.btc])
        #expect(again.code == 1 && again.lines.first?.contains("nothing was changed") == true)
        #expect(try await orders.run(["rebuild"]).code == 0)
        let well = try await orders.run(["verify"])
        #expect(well.code == 0 && well.lines.last == "ok", "\(well.lines)")
        #expect(well.lines.contains { $0.contains("whose orders are lost") })
        #expect(try await orders.entries().last?["total"] == sold.digits)
        // And orders go on from there.
        try await orders.place(1, from: 20)
        #expect(try await orders.run(["rebuild"]).code == 0)
        #expect(try await orders.run(["verify"]).lines.last == "ok")
    }

    @Test(.timeLimit(.minutes(5)))
    func `a raise that is not needed tells what has orders refused all the same`() async throws {
        let orders = try await TestOrders()
        try await orders.publishRates(source: "sandbox")
        #expect(try await orders.run(["open"]).code == 0)
        let newest = try #require(try await orders.place(3).last).id.entry
        let opened = try #require(try await orders.entries().first.flatMap { StreamID($0.id) })
        let sold = try #require(try await orders.entries().last?["total"].flatMap { Satoshi(digits: $0.utf8) })
        let lost = WitnessRecord(
            kind: .sandbox, opened: opened,
            LedgerClaim(
                mark: LedgerMark(id: try #require(newest.successor), tail: OrderTail(bits: 1)),
                total: Satoshi(6_000_000_000)))
        _ = try await orders.client.send(RedisCommand("SET", "{orders}:missing", lost.text))
        let enough = try await orders.run(["raise", "--sold", sold.btc])
        #expect(enough.code == 1 && enough.lines.count == 2, "\(enough.lines)")
        #expect(enough.lines.contains { $0.contains("\(sold.btc) BTC sold already; nothing was changed") })
        #expect(
            enough.lines.contains {
                $0.hasPrefix("note: not counted: the mark {orders}:missing") && $0.contains("60 BTC")
            },
            "\(enough.lines)")
    }

    @Test(.timeLimit(.minutes(5))) func `a damaged entry stops a command, which says what tells more`() async throws {
        let orders = try await TestOrders()
        try await orders.publishRates(source: "sandbox")
        #expect(try await orders.run(["open"]).code == 0)
        let placed = try await orders.place(3)
        func isTold(_ commands: [String], of id: StreamID, _ words: String) async throws {
            for command in commands {
                let stopped = try await orders.run([command])
                #expect(stopped.code == 1 && stopped.lines.count == 1, "\(command): \(stopped.lines)")
                #expect(stopped.lines[0].contains("the entry \(id) has no field tail"), "\(stopped.lines)")
                #expect(stopped.lines[0].contains(words), "\(command): \(stopped.lines)")
            }
        }
        try await orders.rewrite { $0[2] = $0[2].setting("tail", nil) }
        try await isTold(["repair", "rebuild"], of: placed[1].id.entry, "cointape orders verify tells more")
        try await orders.rewrite { $0[0] = $0[0].setting("tail", nil) }
        let opening = try #require(try await orders.entries().first.flatMap { StreamID($0.id) })
        try await isTold(["repair", "rebuild", "currencies"], of: opening, "cointape orders verify tells more")
    }

    @Test(.timeLimit(.minutes(5))) func `a sum that is none, or a ledger that is none, is not raised`() async throws {
        let orders = try await TestOrders()
        for sum in ["21000000.00000001", "-1", "1e1", "NaN", "", "1 BTC"] {
            #expect(try await orders.run(["raise", "--sold=\(sum)"]).code == 64, "\(sum)")
        }
        let closed = try await orders.run(["raise", "--sold", "1"])
        #expect(closed.code == 1 && closed.lines.first?.contains("the ledger is not open") == true)
        #expect(try await orders.entries().isEmpty)
    }
}
