import Testing

@testable import JQ

@Suite(.timeLimit(.minutes(1)))
struct JQPoolTests {
    private static func count(_ pool: JQPool, _ text: String, _ program: JQProgram) async throws(JQError) -> Int {
        try await pool.read(Array(text.utf8)) { document throws(JQError) in
            try document.rows(program).count
        }
    }

    @Test func `many documents are read at once, each with its own answer`() async throws {
        let pool = JQPool(threads: 3)
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
        let pool = JQPool(threads: 2)
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
                    let rows = try await intake.read { document throws(JQError) in try document.rows(program) }
                    let expected = #"{"n":\#(number),"sum":\#(number * (number + 1) / 2)}"#
                    #expect(String(decoding: rows.json, as: UTF8.self) == expected)
                }
            }
            try await tasks.waitForAll()
        }
    }

    @Test func `what has come is parsed before the rest has`() async throws {
        let pool = JQPool(threads: 1)
        defer { pool.shutdown() }
        let intake = pool.intake()
        intake.feed(Array("[1,2".utf8))
        // The only thread has parsed it when it has read another text.
        let program = try JQProgram("{n: .}")
        #expect(try await Self.count(pool, "1", program) == 1)
        #expect(!intake.isBehind)
        intake.feed(Array(",3]".utf8))
        let all = try JQProgram(".[] | {n: .}")
        #expect(try await intake.read { document throws(JQError) in try document.rows(all).count } == 3)
    }

    @Test func `several filters read one document`() async throws {
        let pool = JQPool(threads: 1)
        defer { pool.shutdown() }
        let (all, first, total) = try (JQProgram(".rows[]"), JQProgram(".error // empty"), JQProgram(".total"))
        let text = #"{"rows":[{"id":1},{"id":2}],"total":7,"error":{"message":"m"}}"#
        let read = try await pool.read(Array(text.utf8)) { document throws(JQError) in
            (try document.rows(all).count, try document.firstObject(first), try document.firstCount(total))
        }
        #expect(read == (2, ["message": "m"], 7))
    }

    @Test func `an error is the reader's own`() async throws {
        let pool = JQPool(threads: 1)
        defer { pool.shutdown() }
        let (row, array) = try (JQProgram("{}"), JQProgram("[]"))
        await #expect(throws: JQError.self) { try await Self.count(pool, "[", row) }
        await #expect(throws: JQError.self) { try await Self.count(pool, "1", array) }
        #expect(try await Self.count(pool, "1", row) == 1)
    }

    @Test func `after shutdown what is queued is done, and nothing more is taken`() async throws {
        let pool = JQPool(threads: 2)
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
        await #expect(throws: JQError("the filters are shut down")) { try await Self.count(pool, "1", program) }
        pool.shutdown()
    }
}
