import Basics
import Foundation
import TestSupport
import Testing

@testable import Serving

/// What is answered on the connection's event loop, for requests of every kind: against what the routes answer, and however
/// their bytes come.
@Suite struct ShortcutFuzzTests {
    /// How many requests are made, when it is not the few of each test run: a million is for hands, COINTAPE_FUZZ=1000000.
    private static let asked = ProcessInfo.processInfo.environment["COINTAPE_FUZZ"].flatMap { Int($0) }

    private let minute = Minute(containing: Timestamp.machineTime).advanced(byMinutes: -1)

    @Test func `however the bytes come, the answers are the same`() async throws {
        // So long ago that nothing of its answers changes meanwhile but the age.
        let old = minute.advanced(byMinutes: -10)
        let (count, list) = (Self.asked ?? 300, try TestAPI.list(old, rows: 20))
        let found = try await inHalves { half in
            var maker = RequestMaker(
                seed: UInt64(half) + 11, tags: ["\"x\""], modified: old.start.httpDate, minute: "\(old)")
            var comparison = Comparison()
            for _ in 0..<count / 2 { try comparison.cut(maker.next().bytes, list) }
            return comparison
        }
        #expect(found.differences.isEmpty, "such as \(found.differences.first ?? "none")")
        #expect(found.immediate > count / 3)
    }

    @Test func `a request whose body does not come is the same however its head comes`() throws {
        let head =
            "GET /?limit=2&datetime=-1m HTTP/1.1\r\nHost: a\r\nExpect:100-continue\r\nTransfer-Encoding:\tchunked\r\n\r\n"
        var comparison = Comparison()
        try comparison.cut(Array(head.utf8), TestAPI.list(minute, rows: 20))
        #expect(comparison.differences.isEmpty)
    }

    @Test func `the routes give the same answers, byte for byte`() async throws {
        let count = Self.asked ?? 4_000
        let redis = try await TestRedis()
        let (short, long) = (
            try await TestAPI(redis: redis), try await TestAPI(http: #"{"shortcut": false}"#, redis: redis)
        )
        try await short.publish(minute)
        let served = try TestAPI.list(minute, rows: 200)
        for api in [short, long] {
            try await eventually("the list is served") { try await api.get("/")["etag"] != nil }
        }
        let tags = [
            try await long.get("/")["etag"], try await long.get("/?limit=3&format=CSV")["etag"],
            try await long.get("/?limit=200", ["Accept-Encoding: gzip"])["etag"],
        ].compactMap(\.self)
        let (minute, ports) = (minute, (short.port, long.port))
        let found = try await inHalves { half in
            let maker = RequestMaker(
                seed: UInt64(half) + 21, tags: tags, modified: minute.start.httpDate, minute: "\(minute)")
            return try Self.compare(count / 2, maker, ports, served)
        }
        #expect(found.differences.isEmpty, "such as \(found.differences.first ?? "none")")
        // Otherwise it would be the routes against the routes.
        #expect(found.immediate > count / 3)
    }

    private struct Comparison {
        /// How many requests needed no route.
        var immediate = 0
        var differences: [String] = []

        mutating func expect(_ answer: [UInt8], _ expected: [UInt8], _ request: RequestMaker.Request) {
            guard Normal.answer(answer) != Normal.answer(expected) else { return }
            differences.append(
                [request.bytes, answer, expected].map { String(decoding: $0, as: UTF8.self) }.joined(separator: "\n"))
        }

        /// Holds what comes of a request in one piece against what comes of it in two, cut at every byte, and byte by byte.
        mutating func cut(_ request: [UInt8], _ list: ServedList) throws {
            let whole = try GuardedConnection(list: list)
            let expected = Normal.answer(whole.exchange(request))
            var expectable = [expected]
            // Whose body does not come with the head is told to send it, if they wait for that (RFC 9110, section 10.1.1).
            if String(decoding: request, as: UTF8.self).lowercased().contains("100-continue") {
                expectable.append(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8) + expected)
            }
            func isSame(_ connection: GuardedConnection, _ answer: [UInt8]) -> Bool {
                expectable.contains(Normal.answer(answer)) && connection.passed == whole.passed
            }
            let cuts = try (1..<request.count).allSatisfy { cut in
                let halves = try GuardedConnection(list: list, after: whole)
                return isSame(halves, halves.exchange(request[..<cut]) + halves.exchange(request[cut...]))
            }
            let bytes = try GuardedConnection(list: list)
            if !cuts || !isSame(bytes, request.flatMap { bytes.exchange([$0]) }) {
                differences.append(String(decoding: request, as: UTF8.self))
            }
            if whole.passed.isEmpty, !expected.isEmpty { immediate += 1 }
        }
    }

    private static func compare(
        _ count: Int, _ requests: RequestMaker, _ ports: (Int, Int), _ list: ServedList
    ) throws -> Comparison {
        var maker = requests
        var (short, long) = (try Side(port: ports.0), try Side(port: ports.1))
        var comparison = Comparison()
        for _ in 0..<count {
            let request = maker.next()
            let split = maker.split(of: request.bytes)
            var (answer, expected) = ([UInt8](), [UInt8]())
            // What is asked for now is another list when a minute ends between the two; their clocks may differ a little.
            var began: Timestamp
            repeat {
                began = .machineTime - .milliseconds(100)
                answer = try short.answer(to: request, split)
                expected = try long.answer(to: request, nil)
            } while Minute(containing: began) != Minute(containing: .machineTime)
            comparison.expect(answer, expected, request)
            let connection = try GuardedConnection(list: list)
            let immediate = connection.exchange(request.bytes)
            guard connection.passed.isEmpty, request.isPlain, !immediate.isEmpty else { continue }
            comparison.expect(immediate, expected, request)
            comparison.immediate += 1
        }
        return comparison
    }

    private func inHalves(_ find: @escaping @Sendable (Int) throws -> Comparison) async throws -> Comparison {
        try await withThrowingTaskGroup(of: Comparison.self) { group in
            for half in 0..<2 { group.addTask { try await onThread { try find(half) } } }
            return try await group.reduce(into: Comparison()) { all, found in
                all.immediate += found.immediate
                all.differences += found.differences
            }
        }
    }
}

/// A connection of one side of the comparison, and another when it has ended.
private struct Side {
    private let port: Int
    private var client: BlockingClient

    init(port: Int) throws {
        self.port = port
        client = try BlockingClient(port: port)
    }

    mutating func answer(to request: RequestMaker.Request, _ split: Int?) throws -> [UInt8] {
        if !request.isPlain { client = try BlockingClient(port: port) }
        if let split {
            client.send(request.bytes[..<split])
            client.send(request.bytes[split...])
        } else {
            client.send(request.bytes)
        }
        // What is broken may be no request, one, or more: all that comes of it is its answer.
        if !request.isPlain { client.endSending() }
        let answer = try request.isPlain ? client.answer(toHEAD: request.isHEAD) : client.rest()
        let isLast = String(decoding: answer, as: UTF8.self).contains("\r\nConnection: close\r\n")
        if isLast || client.hasEnded || !request.isPlain { client = try BlockingClient(port: port) }
        return answer
    }
}

/// Answers without what differs from one moment to the next.
private enum Normal {
    static func answer(_ bytes: [UInt8]) -> [UInt8] {
        var (output, rest) = ([UInt8](), bytes[...])
        while let end = rest.firstIndex(of: 0x0A) {
            let line = rest[...end]
            rest = rest[(end + 1)...]
            let name = line.prefix { $0 != UInt8(ascii: ":") }
            let isPassing = passing.contains { name.elementsEqual($0) }
            output += isPassing ? Array(name) + [0x0A] : Array(line)
        }
        return output + rest
    }

    private static let passing = ["Date", "Age", "X-Accel-Expires"].map { Array($0.utf8) }
}
