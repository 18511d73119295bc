import Foundation
import NIOCore
import NIOEmbedded
import NIOHTTP1
import TestSupport
import Testing

@testable import HTTPServer

/// Requests of every kind, against llhttp, which is far more lenient, and however their bytes come.
@Suite(.tags(.load)) struct ParserFuzzTests {
    /// How many requests are made, when it is not the few of each test run: a million is for hands, COINTAPE_FUZZ=1000000.
    private static let asked = ProcessInfo.processInfo.environment["COINTAPE_FUZZ"].flatMap { Int($0) }

    @Test func `what is accepted is read as llhttp reads it`() async throws {
        try await expectNoDifference(Self.asked ?? 10_000) { try $0.compareWithLLHTTP($1) }
    }

    @Test func `however the bytes come, the outcome is the same`() async throws {
        try await expectNoDifference((Self.asked ?? 20_000) / 10) { $0.cut($1) }
    }

    @Test func `however the bytes come, the answers are the same`() async throws {
        try await expectNoDifference((Self.asked ?? 4_000) / 10) { try $0.answer($1) }
    }

    /// More than half of the requests have to be good ones.
    private func expectNoDifference(
        _ count: Int, _ compare: @escaping @Sendable (inout Comparison, [UInt8]) throws -> Void
    ) async throws {
        let found = try await withThrowingTaskGroup(of: Comparison.self) { group in
            for half in 0..<2 {
                group.addTask {
                    try await onThread {
                        var (maker, comparison) = (RequestMaker(seed: UInt64(half) + 21), Comparison())
                        for _ in 0..<count / 2 { try compare(&comparison, maker.next()) }
                        return comparison
                    }
                }
            }
            return try await group.reduce(into: Comparison()) { all, found in
                all.accepted += found.accepted
                all.differences += found.differences
            }
        }
        #expect(found.differences.isEmpty, "such as \(found.differences.first ?? "none")")
        #expect(found.accepted > count / 2)
    }
}

private struct Comparison {
    var accepted = 0
    var differences: [String] = []

    private enum Outcome: Equatable {
        case incomplete
        case request(Request, length: Int)
        case refusal(Refusal)
    }

    /// Of the bytes in parts that end at these places.
    private static func parse(_ bytes: [UInt8], ends: some Sequence<Int>) -> Outcome {
        var parser = RequestParser(HTTPLimits())
        for end in ends {
            do {
                let outcome = try bytes[..<end].withUnsafeBytes { try parser.parse($0) }
                guard case .complete(let length) = outcome else { continue }
                guard let request = parser.request(ByteBuffer(bytes: bytes[..<length])) else { return .incomplete }
                return .request(request, length: length)
            } catch {
                return .refusal(error as? Refusal ?? .malformed("\(error)"))
            }
        }
        return .incomplete
    }

    private mutating func differs(_ bytes: [UInt8], _ what: String) {
        differences.append("\(what): \(String(decoding: bytes, as: UTF8.self).debugDescription)")
    }

    mutating func cut(_ bytes: [UInt8]) {
        let whole = Self.parse(bytes, ends: [bytes.count])
        if case .request = whole { accepted += 1 }
        for cut in 1..<max(2, bytes.count) where Self.parse(bytes, ends: [cut, bytes.count]) != whole {
            return differs(bytes, "cut at \(cut)")
        }
        if Self.parse(bytes, ends: 0...bytes.count) != whole { differs(bytes, "byte by byte") }
    }

    mutating func compareWithLLHTTP(_ bytes: [UInt8]) throws {
        switch Self.parse(bytes, ends: [bytes.count]) {
        case .refusal: break
        case .incomplete:
            if try LLHTTP(bytes).isWhole { differs(bytes, "llhttp finds it whole") }
        case .request(let request, let length):
            accepted += 1
            let other = try LLHTTP(Self.withoutTabs(bytes[..<length]))
            if !other.isWhole { return differs(bytes, "llhttp does not find it whole") }
            let mine = request.fields.map { "\($0.name): \($0.value)" }
            let (path, query) = (request.path, request.query.text)
            // A target may end with a question mark and have no query.
            let targets = query.isEmpty ? [path, path + "?"] : [path + "?" + query]
            let isSame =
                request.method.rawValue == other.method && mine == other.fields
                && Array(request.body.readableBytesView) == other.body
                && (targets.contains { other.target.hasSuffix($0) } || path == "/")
            if !isSame { differs(bytes, "\(other)") }
        }
    }

    /// llhttp refuses a tab behind the number of Content-Length, which RFC 9110, section 5.5, has stripped from every field.
    private static func withoutTabs(_ bytes: some Collection<UInt8>) -> [UInt8] {
        let bytes = Array(bytes)
        let headEnd = bytes.firstRange(of: Array("\r\n\r\n".utf8))?.lowerBound ?? bytes.count
        let tabs = bytes[..<headEnd].indices.filter {
            bytes[$0] == 0x09 && bytes[($0 + 1)...].starts(with: [0x0D, 0x0A])
        }
        return bytes.indices.filter { !tabs.contains($0) }.map { bytes[$0] }
    }

    /// What a connection sends back, whole and in two parts.
    mutating func answer(_ bytes: [UInt8]) throws {
        func connection() throws -> EmbeddedConnection {
            try EmbeddedConnection { request in
                .text("\(request.method) \(request.path) \(request.query.text) \(request.body.readableBytes)")
            }
        }
        let whole = Self.withoutDates(try connection().exchange(bytes))
        if whole.starts(with: "HTTP/1.1 200".utf8) { accepted += 1 }
        // Whoever waits to be asked for the body is asked unless it comes with the head (RFC 9110, section 10.1.1).
        let asked = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)
        for cut in stride(from: 1, to: bytes.count, by: 7) {
            let halves = try connection()
            let answer = Self.withoutDates(try halves.exchange(bytes[..<cut]) + halves.exchange(bytes[cut...]))
            if answer != whole, answer != asked + whole { return differs(bytes, "cut at \(cut)") }
        }
    }

    private static func withoutDates(_ bytes: [UInt8]) -> [UInt8] {
        let text = String(decoding: bytes, as: UTF8.self)
        return Array(text.replacing(/Date: [^\r]*\r\n/, with: "").utf8)
    }
}

/// A request as llhttp reads it.
private struct LLHTTP {
    private(set) var method = ""
    private(set) var target = ""
    private(set) var fields: [String] = []
    private(set) var body: [UInt8] = []
    private(set) var isWhole = false

    init(_ bytes: some Collection<UInt8>) throws {
        let decoder = HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes)
        let channel = EmbeddedChannel(handler: ByteToMessageHandler(decoder))
        defer { _ = try? channel.finish(acceptAlreadyClosed: true) }
        // What it refuses is not whole.
        _ = try? channel.writeInbound(ByteBuffer(bytes: bytes))
        while !isWhole, let part = try? channel.readInbound(as: HTTPServerRequestPart.self) {
            switch part {
            case .head(let head):
                (method, target) = (head.method.rawValue, head.uri)
                fields = head.headers.map { "\($0.name): \($0.value.trimmingCharacters(in: .whitespaces))" }
            case .body(let buffer): body += buffer.readableBytesView
            case .end: isWhole = true
            }
        }
    }
}
