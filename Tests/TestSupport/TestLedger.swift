package import Redis

/// An entry of a stream as Redis has it: the id, and fields and values in their order.
package struct RawEntry: Equatable, Sendable {
    package let id: String
    package let fields: [String]

    package init(id: String, fields: [String]) {
        self.id = id
        self.fields = fields
    }

    /// Reads an element of XRANGE's reply.
    package init?(_ reply: RedisReply) {
        guard let parts = reply.array, parts.count == 2, let id = parts[0].text, let flat = parts[1].array else {
            return nil
        }
        self.init(id: id, fields: flat.map { $0.text ?? "" })
    }

    package subscript(name: String) -> String? {
        stride(from: 0, to: fields.count - 1, by: 2).first { fields[$0] == name }.map { fields[$0 + 1] }
    }
}

/// A ledger of orders that a test writes entry by entry, with running totals that are right unless it says otherwise.
package struct TestLedger {
    package static let key = "{orders}:ledger"
    package static let seen = "{orders}:seen"
    /// Those of its orders, unless a test says otherwise.
    package static let currencies = ["EUR", "GBP", "USD"]

    private let redis: RedisClient
    private var random: SeededGenerator
    private var total: UInt128 = 0
    private var number = 0

    package init(_ redis: RedisClient, seed: UInt64 = 1) {
        self.redis = redis
        random = SeededGenerator(seed: seed)
    }

    /// Writes the opening entry: by default as builds did that knew the standard terms alone.
    @discardableResult
    package mutating func open(id: String = "*", terms: [(String, String)] = []) async throws -> String {
        let kind = [(terms.isEmpty ? "kind" : "rates", "sandbox")]
        let fields = [("opened", "2026-11-21T09:00:00.000Z")] + kind + terms + [("total", "0"), ("tail", tail())]
        return try await redis.send(entry(id, fields)).text ?? ""
    }

    /// Writes that currencies were added to those before, with the key that leads there.
    @discardableResult
    package mutating func add(_ new: String, to list: String) async throws -> String {
        let fields = [
            ("added", "2026-11-21T09:01:59.000Z"), ("new_currencies", new), ("currencies", "\(list),\(new)"),
            ("total", "\(total)"), ("tail", tail()),
        ]
        let id = try await redis.send(entry("*", fields)).text ?? ""
        _ = try await redis.send(RedisCommand("HSET", Self.seen, list, id))
        return id
    }

    /// Writes an order, by default any; `changes` are put in the place of its fields, nil leaves a field out.
    @discardableResult
    package mutating func order(
        _ currency: String? = nil, amount: String? = nil, id: String = "*", changes: [String: String?] = [:]
    ) async throws -> String {
        try await redis.send(next(currency, amount: amount, id: id, changes: changes)).text ?? ""
    }

    package mutating func orders(_ count: Int) async throws {
        for _ in 0..<count { try await order() }
    }

    /// Writes as many without waiting for one before the next is sent.
    package mutating func manyOrders(_ count: Int, of currency: String? = nil) async throws {
        // Once there is a connection commands go out in the order in which they are sent.
        _ = try await redis.send(RedisCommand("PING"))
        for start in stride(from: 0, to: count, by: 500) {
            let commands = (start..<min(count, start + 500)).map { _ in next(currency) }
            try await withThrowingTaskGroup { group in
                for command in commands {
                    let (reply, sent) = AsyncThrowingStream.makeStream(of: RedisReply.self)
                    redis.send(command) { result in
                        sent.yield(with: result.mapError { $0 as any Error })
                        sent.finish()
                    }
                    group.addTask { for try await _ in reply {} }
                }
                try await group.waitForAll()
            }
        }
    }

    private mutating func next(
        _ currency: String?, amount: String? = nil, id: String = "*", changes: [String: String?] = [:]
    ) -> RedisCommand {
        number += 1
        let satoshi = UInt128.random(in: 1...(number.isMultiple(of: 7) ? 1 << 60 : 1 << 20), using: &random)
        total += satoshi
        let second = String(10 + number % 50)
        let fields = [
            ("currency", currency ?? Self.currencies.randomElement(using: &random) ?? "EUR"),
            ("amount", amount ?? self.amount()), ("rate", "86072.41245378015"),
            ("rate_minute", "2026-11-21T09:01Z"), ("satoshi", "\(satoshi)"), ("tail", tail()),
            ("created_at", "2026-11-21T09:01:\(second).250Z"), ("total", "\(total)"), ("key", "key-\(number)"),
        ]
        return entry(id, fields.compactMap { field in (changes[field.0] ?? field.1).map { (field.0, $0) } })
    }

    /// All of it.
    package func entries() async throws -> [RawEntry] { try await Self.entries(redis, above: nil) }

    /// Those above the id.
    package static func entries(_ redis: RedisClient, above id: String?) async throws -> [RawEntry] {
        let reply = try await redis.send(RedisCommand("XRANGE", key, id.map { "(\($0)" } ?? "-", "+"))
        return (reply.array ?? []).compactMap(RawEntry.init)
    }

    private func entry(_ id: String, _ fields: [(String, String)]) -> RedisCommand {
        let flat: [any RedisArgument] = [Self.key, id] + fields.flatMap { [$0.0, $0.1] }
        return RedisCommand("XADD", arguments: flat)
    }

    /// 42 bits in hexadecimal.
    private mutating func tail() -> String {
        let digits = String(UInt64.random(in: 0..<1 << 42, using: &random), radix: 16)
        return String(repeating: "0", count: 11 - digits.count) + digits
    }

    /// From the smallest to the largest, in its canonical text.
    private mutating func amount() -> String {
        switch number % 10 {
        case 0: return "0.00000001"
        case 1: return "999999999.99999999"
        case 2: return "100"
        default:
            let cents = Int.random(in: 1...99, using: &random)
            let decimals = cents.isMultiple(of: 10) ? "\(cents / 10)" : cents < 10 ? "0\(cents)" : "\(cents)"
            return "\(Int.random(in: 0...999_999, using: &random)).\(decimals)"
        }
    }
}
