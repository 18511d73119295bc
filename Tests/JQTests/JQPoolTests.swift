import Foundation
import TestSupport
import Testing

@testable import JQ

@Suite(.timeLimit(.minutes(5)))
struct JQPoolTests {
    private static func count(_ pool: JQPool, _ text: String, _ program: JQProgram) async throws(JQError) -> Int {
        try await pool.read(Array(text.utf8)) { document async throws(JQError) in
            try await document.rows(program).count
        }
    }

    @Test func `many documents are read at once, each with its own answer`() async throws {
        let pool = JQPool(processes: 3)
        defer { pool.shutdown() }
        let (even, odd) = try (JQProgram(".[] | {n: .}"), JQProgram(".[] | {n: ., odd: true}"))
        try await withThrowingTaskGroup { tasks in
            for number in 0..<500 {
                tasks.addTask {
                    let text = "[\(Array(repeating: "1", count: number % 17).joined(separator: ","))]"
                    let count = try await Self.count(pool, text, number % 2 == 0 ? even : odd)
                    #expect(count == number % 17)
                }
            }
            try await tasks.waitForAll()
        }
    }

    @Test func `texts that come in pieces, many at once, are each read as they came`() async throws {
        let pool = JQPool(processes: 2)
        defer { pool.shutdown() }
        let program = try JQProgram("{n: length, sum: add}")
        try await withThrowingTaskGroup { tasks in
            for number in 1...200 {
                tasks.addTask {
                    let intake = pool.intake()
                    let text = Array("[\((1...number).map { "\($0)" }.joined(separator: ","))]".utf8)
                    for start in stride(from: 0, to: text.count, by: 7) {
                        intake.feed(Array(text[start..<min(start + 7, text.count)]))
                        if start % 49 == 0 { await Task.yield() }
                    }
                    let rows = try await intake.read { document async throws(JQError) in
                        try await document.rows(program)
                    }
                    let expected = #"{"n":\#(number),"sum":\#(number * (number + 1) / 2)}"#
                    #expect(String(decoding: rows.json, as: UTF8.self) == expected)
                }
            }
            try await tasks.waitForAll()
        }
    }

    #if os(Linux)
        @Test func `what has come is parsed before the rest has`() async throws {
            let pool = JQPool(processes: 1)
            defer { pool.shutdown() }
            let intake = pool.intake()
            intake.feed(Array(("[1" + String(repeating: ",1", count: 2_000_000)).utf8))
            // Two million numbers of 16 bytes.
            try await eventually("the process holds them") { pool.processes.contains { Self.residentPages($0) > 8000 } }
            intake.feed(Array(",3]".utf8))
            let program = try JQProgram("{n: length}")
            let rows = try await intake.read { document async throws(JQError) in try await document.rows(program) }
            #expect(String(decoding: rows.json, as: UTF8.self) == #"{"n":2000002}"#)
        }

        private static func residentPages(_ process: Int32) -> Int {
            let text = try? String(contentsOfFile: "/proc/\(process)/statm", encoding: .utf8)
            return text?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        }
    #endif

    @Test func `a text that comes while all processes are taken is kept, and read in its turn`() async throws {
        let pool = JQPool(processes: 1)
        defer { pool.shutdown() }
        let (first, second) = (pool.intake(), pool.intake())
        first.feed(Array("[1,".utf8))
        second.feed(Array("[2,".utf8))
        first.feed(Array("1]".utf8))
        second.feed(Array("2]".utf8))
        let program = try JQProgram("{sum: add}")
        async let late = second.read { document async throws(JQError) in try await document.rows(program) }
        let early = try await first.read { document async throws(JQError) in try await document.rows(program) }
        #expect(String(decoding: early.json, as: UTF8.self) == #"{"sum":2}"#)
        let last = try await late
        #expect(String(decoding: last.json, as: UTF8.self) == #"{"sum":4}"#)
        #expect(pool.processes.count == 1)
    }

    @Test func `a text that nobody reads leaves nothing behind`() async throws {
        let pool = JQPool(processes: 1)
        defer { pool.shutdown() }
        for _ in 0..<20 { pool.intake().feed(Array("[1,".utf8)) }
        let program = try JQProgram("{n: .}")
        #expect(try await Self.count(pool, "1", program) == 1)
    }

    @Test func `several filters read one document`() async throws {
        let pool = JQPool(processes: 1)
        defer { pool.shutdown() }
        let (all, first, total) = try (JQProgram(".rows[]"), JQProgram(".error // empty"), JQProgram(".total"))
        let text = #"{"rows":[{"id":1},{"id":2}],"total":7,"error":{"message":"m"}}"#
        let read = try await pool.read(Array(text.utf8)) { document async throws(JQError) in
            (
                try await document.rows(all).count, try await document.firstObject(first),
                try await document.firstCount(total)
            )
        }
        #expect(read == (2, ["message": "m"], 7))
    }

    @Test func `an error is the reader's own`() async throws {
        let pool = JQPool(processes: 1)
        defer { pool.shutdown() }
        let (row, array) = try (JQProgram("{}"), JQProgram("[]"))
        await #expect(throws: JQError.self) { try await Self.count(pool, "[", row) }
        await #expect(throws: JQError.self) { try await Self.count(pool, "1", array) }
        #expect(try await Self.count(pool, "1", row) == 1)
    }

    @Test func `after shutdown who waits is served, and nothing more is taken`() async throws {
        let pool = JQPool(processes: 2)
        let program = try JQProgram(".[] | {n: .}")
        let text = "[\(Array(repeating: "1", count: 2000).joined(separator: ","))]"
        try await withThrowingTaskGroup { tasks in
            for _ in 0..<20 {
                tasks.addTask {
                    do throws(JQError) {
                        let count = try await Self.count(pool, text, program)
                        #expect(count == 2000)
                    } catch {
                        #expect("\(error)" == "the filters are shut down")
                    }
                }
            }
            pool.shutdown()
            try await tasks.waitForAll()
        }
        await #expect(throws: JQPool.isShutDown) { try await Self.count(pool, "1", program) }
        pool.shutdown()
    }
}
