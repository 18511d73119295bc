import Basics
import CZlib
import HTTPServer
import NIOCore
import Tape
import Testing

@testable import Serving

@Suite struct CachingTests {
    /// 2026-11-21T09:01:30.250Z.
    static let now = Timestamp(milliseconds: 1_795_251_690_250)

    @Test(
        arguments: [
            (nil, .identity), ("", .identity), ("gzip", .gzip), ("GZip", .gzip), ("x-gzip", .gzip),
            ("br, gzip;q=0.1", .gzip),
            ("gzip;q=0", .identity), ("gzip; q=0.000", .identity), ("*", .gzip), ("*;q=0", .identity),
            ("gzip;q=0, *", .identity), ("identity", .identity), ("identity, gzip", .gzip),
            ("identity;q=1, gzip;q=0.5", .identity), ("gzip;q=2", .identity), ("deflate, br", .identity),
            ("gzip;q=nan", .identity),
        ] as [(String?, ContentCoding)])
    func `compresses where the client allows it`(header: String?, coding: ContentCoding) {
        #expect(AcceptEncoding(header).coding(forSize: 1000) == coding)
        #expect(AcceptEncoding(header).coding(forSize: 999) == .identity)
    }

    @Test func `compresses also what is small when nothing else is allowed`() {
        #expect(AcceptEncoding("gzip, identity;q=0").coding(forSize: 1) == .gzip)
        #expect(AcceptEncoding("gzip, *;q=0").coding(forSize: 1) == .gzip)
    }

    @Test(arguments: [
        ("*", true), ("\"a,b\"", true), ("W/\"a,b\"", true), ("\"x\", \"a,b\"", true),
        ("\"x\",W/\"a,b\" , \"y\"", true),
        ("a,b", false), ("\"a\"", false), ("\"A,B\"", false), ("", false), ("\"x\" \"a,b\"", false),
        ("w/\"a,b\"", false),
        ("\"*\"", false),
    ])
    func `knows its tag in a list`(header: String, isKnown: Bool) {
        let conditions = RequestConditions(ifNoneMatch: header)
        #expect(verdict(conditions, "\"a,b\"", nil) == (isKnown ? .notModified : .respond))
        // Whoever expects the tag compares strongly: none is equal to a weak one.
        let expected = verdict(RequestConditions(ifMatch: header), "\"a,b\"", nil)
        #expect(expected == (isKnown && !header.hasPrefix("W/") && !header.contains(",W/") ? .respond : .failed))
    }

    @Test(arguments: [
        ("Sat, 21 Nov 2026 09:01:00 GMT", true), ("Sat, 21 Nov 2026 09:01:01 GMT", true),
        ("Sat, 21 Nov 2026 09:00:59 GMT", false), ("Saturday, 21-Nov-26 09:01:00 GMT", true),
        ("Saturday, 21-Nov-94 09:01:00 GMT", false), ("Sat Nov 21 09:01:00 2026", true),
        ("Sat Nov  1 09:01:00 2026", false),
        ("Sat, 21 Nov 2026 09:01:00 CET", false), ("Sat, 32 Nov 2026 09:01:00 GMT", false), ("1795251660", false),
        ("", false),
    ])
    func `a date counts without tags only`(header: String, isMet: Bool) {
        let modified = Minute(containing: Self.now).start
        let conditions = RequestConditions(ifModifiedSince: header)
        #expect(verdict(conditions, "\"a\"", modified) == (isMet ? .notModified : .respond))
        let both = RequestConditions(ifNoneMatch: "\"b\"", ifModifiedSince: header)
        #expect(verdict(both, "\"a\"", modified) == .respond)
        #expect(verdict(conditions, "\"a\"", nil) == .respond)
    }

    @Test(
        arguments: [
            (nil, "Sat, 21 Nov 2026 09:01:00 GMT", nil, .respond), (nil, "Sat, 21 Nov 2026 09:00:59 GMT", nil, .failed),
            (nil, "yesterday", nil, .respond), ("\"a\"", "Sat, 21 Nov 2026 09:00:59 GMT", nil, .respond),
            ("\"a\"", nil, "\"a\"", .notModified), ("\"b\"", nil, "\"a\"", .failed),
        ] as [(String?, String?, String?, RequestConditions.Verdict)])
    func `what a client expects comes before what it has`(
        ifMatch: String?, ifUnmodifiedSince: String?, ifNoneMatch: String?, expected: RequestConditions.Verdict
    ) {
        let conditions = RequestConditions(
            ifMatch: ifMatch, ifUnmodifiedSince: ifUnmodifiedSince, ifNoneMatch: ifNoneMatch)
        #expect(verdict(conditions, "\"a\"", Minute(containing: Self.now).start) == expected)
    }

    private func verdict(
        _ conditions: RequestConditions, _ tag: String, _ modified: Timestamp?
    ) -> RequestConditions.Verdict {
        conditions.verdict(tag: tag, modified: modified, now: Self.now)
    }

    @Test func `an age is rounded up, what remains rounded down, in seconds of the wall`() {
        let minute = Minute(containing: Self.now)
        let real = TapeClock()
        #expect(Freshness.passing(minute, now: Self.now, clock: real) == .passing(age: 31, maxAge: 65, remaining: 34))
        #expect(
            Freshness.passing(minute, now: minute.start, clock: real) == .passing(age: 0, maxAge: 65, remaining: 65))
        let late = minute.start + .seconds(100)
        #expect(Freshness.passing(minute, now: late, clock: real) == .passing(age: 100, maxAge: 65, remaining: 0))
        #expect(Freshness.immutable(real).cacheControl == "public, max-age=31536000, immutable")
        let fast = TapeClock(scale: ClockScale(start: Self.now, origin: Self.now, speed: 15))
        #expect(Freshness.passing(minute, now: Self.now, clock: fast) == .passing(age: 3, maxAge: 5, remaining: 2))
        let fastest = TapeClock(scale: ClockScale(start: Self.now, origin: Self.now, speed: 1000))
        #expect(Freshness.passing(minute, now: Self.now, clock: fastest) == .passing(age: 1, maxAge: 1, remaining: 0))
        #expect(fastest.positiveHeaderSeconds(.zero) == 1)
    }

    @Test func `gzip gives the same bytes each time, and they are the body's`() throws {
        for text in ["", "a", String(repeating: "1,BTC,6634.41\r\n", count: 4000)] {
            let body = ByteBuffer(string: text)
            let compressed = Gzip.compressed(body)
            #expect(Gzip.compressed(body) == compressed)
            // No time, no name (RFC 1952, section 2.3).
            #expect(compressed.getBytes(at: 0, length: 8) == [0x1F, 0x8B, 8, 0, 0, 0, 0, 0])
            #expect(Gunzip.text(Array(compressed.readableBytesView)) == text)
        }
    }

    @Test func `keeps compressed bodies up to a number of bytes, the last used ones`() {
        let bodies = CompressedBodies(capacity: 60)
        var made = 0
        func ask(_ tag: String) {
            _ = bodies.body(tag, beginning: tag, shared: 0) {
                made += 1
                return ByteBuffer(string: tag)
            }
        }
        // Each is 21 bytes.
        for tag in ["a", "b", "a", "b", "a"] { ask(tag) }
        #expect(made == 2)
        ask("c")
        #expect(made == 3)
        ask("a")
        #expect(made == 3)
        ask("b")
        #expect(made == 4)
    }

    @Test func `compressed bodies that begin alike share their pieces, and are the same without`() throws {
        let rows = (0..<20_000).map { "\($0),BTC,6634.41\r\n" }
        let bodies = CompressedBodies(capacity: 1_000_000)
        for count in [100, 9_000, 10_000, 20_000] {
            let (open, closing) = (rows.prefix(count).joined(), "]\n")
            let plain = ByteBuffer(string: open + closing)
            let fresh = CompressedBodies(capacity: 0).body("a", beginning: "b", shared: open.utf8.count) { plain }
            #expect(bodies.body("\(count)", beginning: "b", shared: open.utf8.count) { plain } == fresh)
            #expect(Gunzip.text(Array(fresh.readableBytesView)) == open + closing)
        }
        var pieces: [Int] = []
        let all = ByteBuffer(repeating: 1, count: 3 * Gzip.piece)
        for shared in [0, Gzip.piece - 1, Gzip.piece, 3 * Gzip.piece] {
            let compressed = Gzip.compressed(all, shared: shared) { number, make in
                pieces.append(number)
                return make()
            }
            #expect(Gunzip.text(Array(compressed.readableBytesView))?.utf8.count == all.readableBytes)
        }
        #expect(pieces == [0, 0, 1, 2])
    }

    @Test func `a location has what was given, in its plain form`() throws {
        let minute = Minute(containing: Self.now)
        func location(_ query: String) throws -> String {
            try ListQuery(QueryString(query), accept: "text/csv", now: Self.now).location(of: minute)
        }
        #expect(try location("datetime=-5m&limit=003&format=csv") == "/?datetime=2026-11-21T09:01Z&limit=3&format=CSV")
        #expect(try location("datetime=now") == "/?datetime=2026-11-21T09:01Z")
    }
}

enum Gunzip {
    /// nil for what is no gzip.
    static func text(_ bytes: [UInt8]) -> String? {
        var stream = z_stream()
        guard cointape_gzip_inflate_init(&stream) == Z_OK else { return nil }
        defer { inflateEnd(&stream) }
        var (input, output) = (bytes, [UInt8](repeating: 0, count: 1_000_000))
        let (inputSize, outputSize) = (input.count, output.count)
        let outcome = input.withUnsafeMutableBufferPointer { input in
            output.withUnsafeMutableBufferPointer { output in
                stream.next_in = input.baseAddress
                stream.avail_in = uInt(inputSize)
                stream.next_out = output.baseAddress
                stream.avail_out = uInt(outputSize)
                return inflate(&stream, Z_FINISH)
            }
        }
        guard outcome == Z_STREAM_END else { return nil }
        return String(decoding: output.prefix(outputSize - Int(stream.avail_out)), as: UTF8.self)
    }
}
