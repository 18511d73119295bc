import Basics
import Foundation
import Orders
import Redis
import Synchronization
import Tape
import TestSupport
import Testing

/// Api processes that take orders, on a Redis of their own with a ledger and rates.
final class Shop: Sendable {
    let redis: TestRedis
    let client: RedisClient
    private let dollars: String
    let apis: [(process: Cointape, port: Int)]
    private let more = Mutex<[Cointape]>([])

    /// `dollars` is what a BTC costs, in dollars and in the other currencies too; without a Redis it starts one.
    init(
        apis count: Int, dollars: String = "85897.9513", source: String = "btc_rate", minutesAgo: Int = 0,
        isOpen: Bool = true, on given: TestRedis? = nil
    ) async throws {
        if let given { redis = given } else { redis = try await TestRedis() }
        client = redis.client()
        self.dollars = dollars
        var apis: [(Cointape, Int)] = []
        for _ in 0..<count { apis.append(try Self.api(redis)) }
        self.apis = apis
        try await publishRates(source: source, minutesAgo: minutesAgo)
        if isOpen { try await open() }
        for api in apis { try await isReady(api.1) }
    }

    /// Another api; its port.
    func startAPI() async throws -> Int {
        let (process, port) = try Self.api(redis, "config/api.json")
        more.withLock { $0.append(process) }
        try await isReady(port)
        return port
    }

    func open() async throws {
        _ = try await client.send(
            RedisCommand(
                "XADD", "{orders}:ledger", "*", "opened", "2026-11-21T09:00:00.000Z", "kind", "real", "total", "0",
                "tail", "\(OrderTail.random())"))
    }

    func publishRates(dollars: String? = nil, source: String = "btc_rate", minutesAgo: Int = 0) async throws {
        let dollars = dollars ?? self.dollars
        let minute = Minute(containing: Timestamp.machineTime).advanced(byMinutes: -minutesAgo)
        let rows = #"[{"EUR":"\#(dollars)","GBP":"\#(dollars)","USD":"\#(dollars)"}]"#
        _ = try await client.send(
            RedisCommand("XADD", "btc_rate", "\(minute.milliseconds)-0", "source", source, "rows", rows))
    }

    /// All orders, the oldest first.
    func ledger() async throws -> [LedgerOrder] {
        let reply = try await client.send(RedisCommand("XRANGE", "{orders}:ledger", "-", "+"))
        return try (reply.array ?? []).compactMap { element in
            let entry = try #require(TapeEntry(element))
            if case .order(let order) = try LedgerEntry(entry) { return order }
            return nil
        }
    }

    func ask(_ method: String, _ target: String) async throws -> RawAnswer {
        try #require(try await RawAnswer.of(apis[0].port, target, method: method), "\(method) \(target)")
    }

    func put(
        _ body: String, _ headers: [String] = ["Content-Type: application/json"], api: Int = 0, port: Int? = nil
    ) async throws -> RawAnswer {
        let connection = try await RawConnection(port: port ?? apis[api].port)
        let lines =
            ["PUT /buy_order HTTP/1.1", "Host: test", "Content-Length: \(body.utf8.count)", "Connection: close"]
            + headers + ["", ""]
        connection.send(lines.joined(separator: "\r\n") + body)
        try await connection.ends(within: .seconds(30))
        return try #require(RawAnswer(connection.received), "no answer to \(body.prefix(200))")
    }

    /// All at once, spread over the apis; the answers in the bodies' order.
    func puts(_ bodies: [String]) async throws -> [RawAnswer] {
        try await withThrowingTaskGroup(of: (Int, RawAnswer).self) { group in
            for (index, body) in bodies.enumerated() {
                group.addTask { (index, try await self.put(body, api: index % self.apis.count)) }
            }
            var answers: [Int: RawAnswer] = [:]
            for try await (index, answer) in group { answers[index] = answer }
            return bodies.indices.compactMap { answers[$0] }
        }
    }

    private static func api(
        _ redis: TestRedis, _ config: String = "config/api.json"
    ) throws -> (Cointape, Int) {
        let port = try FreePort.next()
        let environment = ["REDIS_URL": redis.url, "PORT": "\(port)"]
        return (try Cointape(["run", config], environment: environment), port)
    }

    /// Waits until it has read the rates and the read model, which an order for more than all there is tells.
    private func isReady(_ port: Int) async throws {
        let body = #"{"currency":"USD","amount":"999999999","idempotence_key":"ready"}"#
        try await eventually("the api on \(port) is ready") {
            guard (try? await RawAnswer.of(port, "/healthz")) != nil else { return false }
            let answer = try await put(body, port: port)
            let waits = ["has not been reached", "\"rate_age_s\":null"]
            return !waits.contains { answer.text.contains($0) }
        }
    }
}
