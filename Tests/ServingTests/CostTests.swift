import Basics
import NIOCore
import Orders
import TestSupport
import Testing

@testable import HTTPServer
@testable import Serving

/// What reading a request costs: no more than its bytes, whatever they are; and what is told of it is short.
@Suite(.serialized, .tags(.load)) struct CostTests {
    /// A part of a request, of about so many bytes, and what reads it.
    struct Reading: CustomTestStringConvertible, Sendable {
        let testDescription: String
        /// In bytes; the larger of the two sizes is eight times that.
        var size = 4_000
        let make: @Sendable (Int) -> [UInt8]
        let read: @Sendable ([UInt8]) throws -> Void

        init(
            _ name: String, size: Int = 4_000, _ make: @escaping @Sendable (Int) -> String,
            _ read: @escaping @Sendable ([UInt8]) throws -> Void
        ) {
            testDescription = name
            self.size = size
            self.make = { Array(make($0).utf8) }
            self.read = read
        }
    }

    private static let now = Timestamp(milliseconds: 1_795_251_660_000)

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    private static func times(_ part: String, _ bytes: Int) -> String {
        String(repeating: part, count: bytes / part.utf8.count)
    }

    private static func list(_ query: String) throws {
        _ = try ListQuery(QueryString(query), accept: nil, now: now)
    }

    private static func order(_ member: String, _ bytes: [UInt8], quoted: Bool = true) throws {
        let value = quoted ? "\"\(text(bytes))\"" : text(bytes)
        let others = ["currency": "\"USD\"", "amount": "1", "idempotence_key": "\"k\""].filter { $0.key != member }
        let members = others.map { "\"\($0.key)\":\($0.value)" } + ["\"\(member)\":\(value)"]
        _ = try OrderBody.request(Array("{\(members.joined(separator: ","))}".utf8), type: nil, keys: [])
    }

    private static func body(_ bytes: [UInt8]) throws { _ = try OrderBody.request(bytes, type: nil, keys: []) }

    /// Reads it as it comes, in parts of so many bytes, and answers what is whole.
    private static func gate(_ bytes: [UInt8], in size: Int) throws {
        let now = NIODeadline.uptimeNanoseconds(1)
        var gate = RequestGate(HTTPLimits(), budget: RequestBudget(most: .max), now: now)
        var start = 0
        while start < bytes.count {
            let part = bytes[start..<min(start + size, bytes.count)]
            start += part.count
            var action = gate.received(ByteBuffer(bytes: part), now: now)
            while case .respond = action {
                gate.wrote(now: now)
                action = gate.sentResponse(now: now)
            }
            if case .refuse = action { return }
        }
    }

    private static func head(_ field: String, _ value: String) -> String {
        "GET / HTTP/1.1\r\nHost: a\r\n\(field): \(value)\r\n\r\n"
    }

    private static let readings = [
        Reading("a parameter's name", { times("n", $0) }, { try list(text($0)) }),
        Reading("a parameter's name of combining marks", { "e" + times("\u{301}", $0) }, { try list(text($0)) }),
        Reading("parameters", { times("limit&", $0) }, { try list(text($0)) }),
        Reading("an encoding that is wrong at its end", { times("%41", $0) + "%4" }, { try list(text($0)) }),
        Reading("limit", { times("1", $0) }, { try list("limit=" + text($0)) }),
        Reading("limit of zeros", { times("0", $0) }, { try list("limit=" + text($0)) }),
        Reading("format", { times("f", $0) }, { try list("format=" + text($0)) }),
        Reading("format of U+0130", { times("\u{130}", $0) }, { try list("format=" + text($0)) }),
        Reading("datetime", { times("9", $0) }, { try list("datetime=" + text($0)) }),
        Reading("page_size", { times("9", $0) }, { _ = try OrderPageQuery(QueryString("page_size=" + text($0))) }),
        Reading(
            "last_reference", { times("-", $0) }, { _ = try OrderPageQuery(QueryString("last_reference=" + text($0))) }),
        Reading(
            "a page's currency", { times("u", $0) }, { _ = try OrderPageQuery(QueryString("currency=" + text($0))) }),
        Reading("a target", { "GET http://" + times("h", min($0, 7_000)) + "/ HTTP/1.1\r\nHost: a\r\n\r\n" }) {
            try gate($0, in: 16_000)
        },
        Reading("Accept of commas", { times(",", $0) }, { _ = AcceptHeader.format(text($0)) }),
        Reading("Accept of types", { times("text/csx;q=0.1,", $0) }, { _ = AcceptHeader.format(text($0)) }),
        Reading("Accept-Encoding", { times("br;q=0.5, ", $0) }, { _ = AcceptEncoding(text($0)) }),
        Reading("If-None-Match", { times("\"a\",", $0) }) {
            _ = RequestConditions(ifNoneMatch: text($0)).verdict(tag: "\"b\"", modified: now, now: now)
        },
        Reading("If-Modified-Since", { "A" + times("a", $0) }) {
            _ = RequestConditions(ifModifiedSince: text($0)).verdict(tag: "\"b\"", modified: now, now: now)
        },
        Reading("currency", { times("u", $0) }, { try order("currency", $0) }),
        Reading("currency of combining marks", { "e" + times("\u{301}", $0) }, { try order("currency", $0) }),
        Reading("currency of U+0130", { times("\u{130}", $0) }, { try order("currency", $0) }),
        Reading("currency of escapes", { times("\\u0130", $0) }, { try order("currency", $0) }),
        Reading("amount", { times("1", $0) }, { try order("amount", $0) }),
        Reading("amount as a number", { times("1", $0) }, { try order("amount", $0, quoted: false) }),
        Reading("amount of combining marks", { "e" + times("\u{301}", $0) }, { try order("amount", $0) }),
        Reading("idempotence_key", { times("k", $0) }, { try order("idempotence_key", $0) }),
        Reading("idempotence_key of combining marks", { "e" + times("\u{301}", $0) }) {
            try order("idempotence_key", $0)
        },
        Reading("Idempotency-Key of combining marks", { "e" + times("\u{301}", $0) }) { key in
            _ = try OrderBody.request(
                Array(#"{"currency":"USD","amount":"1"}"#.utf8), type: nil, keys: [text(key), text(key)])
        },
        Reading("Content-Type of combining marks", { "e" + times("\u{301}", $0) }) {
            _ = try OrderBody.request([], type: text($0), keys: [])
        },
        Reading("a member's name of combining marks", { "{\"e" + times("\u{301}", $0) + "\":1}" }, body),
        Reading("members", { "{" + times("\"a\":1,", $0) + "\"a\":1}" }, body),
        Reading("values in a value", { "{\"a\":[" + times("[],{},", $0) + "1]}" }, body),
        Reading("a body that is no UTF-8 at its end", { "{\"a\":\"" + times("é", $0) }) { try body($0 + [0xFF]) },
        Reading("Connection", { head("Connection", times("a,", $0)) }, { try gate($0, in: 16_000) }),
        Reading("Transfer-Encoding", { head("Transfer-Encoding", times("a,", $0)) }, { try gate($0, in: 16_000) }),
        Reading("a head, byte by byte", size: 1_500, { head("A", times("a", $0)) }, { try gate($0, in: 1) }),
        Reading("many fields, byte by byte", size: 80) { bytes in
            "GET / HTTP/1.1\r\nHost: a\r\n" + times("Connection: a\r\n", bytes) + "\r\n"
        } _: {
            try gate($0, in: 1)
        },
        Reading(
            "a body, byte by byte",
            { bytes in
                "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: \(bytes)\r\n\r\n" + times("a", bytes)
            }
        ) { try gate($0, in: 1) },
        Reading(
            "chunks of a byte",
            { bytes in
                "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + times("1\r\na\r\n", bytes)
                    + "0\r\n\r\n"
            }
        ) { try gate($0, in: 16_000) },
        Reading("requests sent ahead", size: 20_000, { times("GET / HTTP/1.1\r\nHost: a\r\n\r\n", $0) }) {
            try gate($0, in: 1_000_000)
        },
        Reading("requests sent ahead, each in two parts", { times("GET / HTTP/1.1\r\nHost: a\r\n\r\n", $0) }) {
            try gate($0, in: 15)
        },
        Reading("empty lines", { times("\r\n", $0) }, { try gate($0, in: 16_000) }),
    ]

    /// Eight times as many bytes take eight times as long, or as long; if it were by their square it would be 64 times.
    @Test(arguments: readings) func `the time grows with the bytes at most`(reading: Reading) throws {
        let (short, long) = (reading.make(reading.size), reading.make(8 * reading.size))
        // A busy machine may be slow for a moment.
        var found: [Double] = []
        for _ in 0..<5 {
            let ratio = Self.time(reading, long) / max(Self.time(reading, short), .microseconds(20))
            if ratio < 20 { return }
            found.append(ratio)
        }
        Issue.record("eight times the bytes took \(found) times as long")
    }

    @Test(arguments: readings) func `what is told of it is short`(reading: Reading) throws {
        do {
            try reading.read(reading.make(8 * reading.size))
        } catch let problem as Problem {
            #expect(problem.json.count < 1_000, "\(problem.json.count) bytes")
        }
    }

    private static func time(_ reading: Reading, _ bytes: [UInt8]) -> Duration {
        let times = (0..<3).map { _ in
            let start = CPUTime.ofThread
            try? reading.read(bytes)
            return CPUTime.ofThread - start
        }
        return times.min() ?? .zero
    }
}
