import Basics
import Foundation
import HTTPServer
import Logging
import NIOCore
import Redis
import Synchronization
import Tape
import TestSupport
import Testing
import TopLists

@testable import Serving

/// Lists of the past in a real Redis, and how much of it is read for them.
@Suite struct PastListTests {
    private let redis: TestRedis
    private let newest = Minute(containing: Timestamp.machineTime).advanced(byMinutes: -1)
    private var past: Minute { newest.advanced(byMinutes: -9) }

    init() async throws {
        redis = try await TestRedis()
    }

    /// An api that has a newest list too, behind what is published of the past.
    private func api(cached: Int = 60, past: (TestAPI) async throws -> Void) async throws -> TestAPI {
        let api = try await TestAPI(margin: "1h", cached: cached, redis: redis)
        try await past(api)
        try await api.publish(newest)
        // Not one of the past, which is the newest until it has been published.
        try await eventually("the newest list is served") {
            try await api.get("/")["last-modified"] == newest.start.httpDate
        }
        return api
    }

    private func history(_ client: RedisClient, capacity: Int = 1) -> ListHistory {
        let clock = TapeClock()
        let loader = ListLoader(
            stream: "toplist", columns: ["Rank", "Symbol"], keys: TapeKeys(), small: client, large: client, clock: clock
        )
        return ListHistory(
            loader: loader, capacity: capacity, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// Calls of the commands that read lists, since the last look.
    private struct Calls {
        let redis: TestRedis
        var last: [Int] = [0, 0, 0]

        /// Of the index, of parts, and of whole lists.
        mutating func since() async throws -> [Int] {
            var calls: [Int] = []
            for name in ["xrange", "getrange", "get"] { calls.append(try await redis.calls(of: name)) }
            defer { last = calls }
            return zip(calls, last).map { $0 - $1 }
        }
    }

    @Test func `only about as many rows are read as are asked for, and the index once`() async throws {
        let api = try await api { try await $0.publish(past, rows: 5_000) }
        var calls = Calls(redis: redis)
        _ = try await calls.since()
        func rows(_ query: String) async throws -> Int {
            let answer = try await api.get("/?format=CSV&datetime=\(past)&\(query)")
            #expect(answer.status == 200)
            return answer.text.split(separator: "\r\n").count - 1
        }
        #expect(try await rows("limit=150") == 150)
        #expect(try await calls.since() == [1, 1, 0])
        for limit in [1, 100, 200] { #expect(try await rows("limit=\(limit)") == limit) }
        #expect(try await calls.since() == [0, 0, 0])
        #expect(try await rows("limit=201") == 201)
        #expect(try await calls.since() == [0, 1, 0])
        #expect(try await rows("limit=99999") == 5_000)
        #expect(try await calls.since() == [0, 0, 1])
        #expect(try await rows("limit=4999") == 4_999)
        #expect(try await calls.since() == [0, 0, 0])
        // Nobody else waits behind a whole list.
        let connections = try #require(try await redis.client().send(RedisCommand("CLIENT", "LIST")).text)
        #expect(connections.contains(" cmd=get ") && connections.contains(" cmd=getrange "))
        // The other format is another part.
        let json = try await api.get("/?limit=3&datetime=\(past)")
        #expect(json.text.contains(#"{"Rank":3,"#) && !json.text.contains(#"{"Rank":4,"#))
        #expect(try await calls.since() == [0, 1, 0])
    }

    @Test func `however many ask for a list at a time, it is read once`() async throws {
        _ = try await api { try await $0.publish(past) }
        let (client, query) = (redis.client(), try ListQuery(QueryString("limit=9"), accept: nil, now: .machineTime))
        // Keeps nothing, so that the second crowd finds the list known and not at hand.
        let history = history(client, capacity: 0)
        var calls = Calls(redis: redis)
        for reads in [[1, 1, 0], [0, 1, 0]] {
            _ = try await calls.since()
            // Until all have asked.
            redis.signal(SIGSTOP)
            let counts = Mutex<[Int]>([])
            for _ in 0..<50 {
                history.find(past, query) { finding in
                    guard case .success(.list(let list)) = finding else { return }
                    counts.withLock { $0.append(list.rows(query)?.count ?? 0) }
                }
            }
            redis.signal(SIGCONT)
            try await eventually("all have it") { counts.withLock(\.count) == 50 }
            #expect(counts.withLock { $0 == Array(repeating: 9, count: 50) })
            #expect(try await calls.since() == reads)
        }
    }

    @Test func `rows that are longer than expected are read all the same, and expected from then on`() async throws {
        let api = try await api { api in
            for minute in [past, past.advanced(byMinutes: 1)] {
                let symbol = String(repeating: "X", count: 300)
                try await api.publish(minute, rows: 400) { $0.replacing(",SYM", with: ",\(symbol)") }
            }
        }
        var calls = Calls(redis: redis)
        _ = try await calls.since()
        for (minute, reads) in [(past, [1, 1, 1]), (past.advanced(byMinutes: 1), [1, 1, 0])] {
            let answer = try await api.get("/?format=CSV&limit=100&datetime=\(minute)")
            #expect(answer.text.split(separator: "\r\n").count == 101)
            #expect(try await calls.since() == reads)
        }
    }

    @Test func `what was known of a list that is deleted does not bring it back`() async throws {
        let api = try await api(cached: 0) { try await $0.publish(past) }
        // Neither are answers kept, on whichever event loop a connection lives.
        let (port, request) = (api.port, "GET /?datetime=\(past) HTTP/1.1\r\nHost: a\r\n\r\n")
        func statuses() async throws -> Set<Int?> {
            try await onThread {
                Set(
                    try (0..<8).flatMap { _ in
                        let client = try BlockingClient(port: port)
                        return try (0..<3).map { _ in
                            client.send(request.utf8)
                            return RawAnswer(try client.answer(toHEAD: false))?.status
                        }
                    })
            }
        }
        #expect(try await statuses() == [200])
        _ = try await redis.client().send(RedisCommand("DEL", "toplist:\(past)"))
        #expect(try await statuses() == [404])
        _ = try await redis.client().send(RedisCommand("SET", "toplist:\(past)", TestAPI.stored(past, rows: 200).text))
        #expect(try await api.get("/?datetime=\(past)").status == 200)
    }

    @Test(arguments: ["sha256", "count", "columns"])
    func `a list without what the index has to say of it is a gap with its reason`(field: String) async throws {
        let api = try await api { try await $0.publish(past, without: field) }
        let answer = try await api.get("/?datetime=\(past)")
        #expect(answer.status == 404)
        #expect(answer.text.contains("unreadable") && answer.text.contains("`\(field)`"))
    }

    @Test func `a list with fewer rows than the index says is a gap with its reason`() async throws {
        let api = try await api {
            try await $0.publish(past) { $0.split(separator: "\r\n").prefix(9).map { $0 + "\r\n" }.joined() }
        }
        let answer = try await api.get("/?datetime=\(past)")
        #expect(answer.status == 404)
        #expect(answer.text.contains("unreadable") && answer.text.contains("fewer rows"))
    }

    @Test func `while Redis does not answer, a request waits for that once, and lists at hand for nothing`()
        async throws
    {
        _ = try await api { api in
            for minute in [past, past.advanced(byMinutes: 1)] { try await api.publish(minute) }
        }
        let history = history(redis.client(timeout: .seconds(1)))
        let query = try ListQuery(QueryString("limit=9"), accept: nil, now: .machineTime)
        _ = try await history.find(past, query)
        redis.signal(SIGSTOP)
        let other = past.advanced(byMinutes: 1)
        let clock = ContinuousClock()
        let first = await clock.measure {
            await #expect(throws: RedisError.self) { try await history.find(other, query) }
        }
        let second = await clock.measure {
            await #expect(throws: RedisError.self) { try await history.find(other, query) }
        }
        #expect(second < first / 2)
        #expect(history.atHand(past, query)?.count == 9)
        redis.signal(SIGCONT)
        try await eventually("the list is found again") {
            guard case .list = try? await history.find(other, query) else { return false }
            return true
        }
    }

    @Test func `the lists that were used last stay at hand, with the most rows that were read`() throws {
        var store = ListStore(capacity: 2)
        let shapes = ListShapes(wanted: ["Rank"])
        let minutes = (0..<3).map { past.advanced(byMinutes: $0) }
        func keep(_ minute: Minute, rows: Int, _ format: ListFormat) throws {
            let (text, entry) = TestAPI.stored(minute, rows: 9)
            let description = try ListDescription(entry, shapes, key: "list")
            let stored = StoredList(text, description.shape)
            let rendered = try #require(try stored.rows(first: rows, as: format))
            #expect(store.keep(rendered, of: description).minute == minute)
        }
        try keep(minutes[0], rows: 5, .csv)
        try keep(minutes[0], rows: 3, .json)
        try keep(minutes[0], rows: 2, .csv)
        #expect(store.list(minutes[0])?.rows(first: 5, as: .csv)?.count == 5)
        #expect(store.list(minutes[0])?.rows(first: 6, as: .csv) == nil)
        #expect(store.list(minutes[0])?.rows(first: 4, as: .json) == nil)
        try keep(minutes[0], rows: 9, .csv)
        #expect(store.list(minutes[0])?.rows(first: 99, as: .csv)?.count == 9)
        // Two thirds of a list are at hand: there is room for as many beginnings as make up the rest.
        for minute in minutes { try keep(minute, rows: 1, .csv) }
        #expect(minutes.allSatisfy { store.list($0) != nil })
        for format in [ListFormat.csv, .json] { try keep(minutes[2], rows: 9, format) }
        #expect(minutes.allSatisfy { store.list($0) != nil })
        try keep(minutes[1], rows: 9, .csv)
        #expect(minutes.map { store.list($0) != nil } == [false, true, true])
    }

    @Test func `neighbours are found whatever ids the index has, and past a thousand gaps`() async throws {
        let client = redis.client()
        func add(_ id: String, isGap: Bool = false) async throws {
            let fields: [any RedisArgument] = isGap ? ["gap", "upstream", "detail", "none"] : ["count", "1"]
            _ = try await client.send(RedisCommand("XADD", arguments: ["toplist", id] + fields))
        }
        func near(_ minute: Int64) async throws -> [Int64?] {
            let found = try await history(client).neighbours(
                of: Minute(containing: Timestamp(milliseconds: minute * 60_000)))
            return [found.before, found.after, found.keptSince].map { $0.map { $0.milliseconds / 60_000 } }
        }
        #expect(try await near(7) == [nil, nil, nil])
        try await add("180000-0")
        for minute in 4...20 { try await add("\(minute * 60_000)-\(UInt64.max)", isGap: true) }
        try await add("\(21 * 60_000)-\(UInt64.max)")
        #expect(try await near(-5) == [nil, 3, 3])
        #expect(try await near(0) == [nil, 3, 3])
        #expect(try await near(3) == [nil, 21, 3])
        #expect(try await near(10) == [3, 21, 3])
        #expect(try await near(21) == [3, nil, 3])
        #expect(try await near(30) == [21, nil, 3])
        // Of the minute itself none counts.
        for number in 0..<999 { try await add("\((22 + number) * 60_000)-1", isGap: true) }
        #expect(try await near(22 + 999) == [21, nil, 3])
        try await add("\((22 + 999) * 60_000)-1", isGap: true)
        #expect(try await near(22 + 1000) == [nil, nil, 3])
        try await add("\(UInt64.max)-\(UInt64.max)", isGap: true)
        #expect(try await near(22 + 999) == [21, nil, 3])
    }
}
