import Testing

@testable import JQ

/// Filters that do not end cannot be stopped, but must not stop anybody else.
@Suite struct JQPoolEndingTests {
    @Test func `a filter that does not end is given up, and the next one runs`() async throws {
        let pool = JQPool(threads: 1)
        defer { pool.shutdown() }
        let endless = try JQProgram("last(range(100000000)) | {a: .}")
        let error = await #expect(throws: JQError.self) {
            try await pool.read(Array("1".utf8), within: .milliseconds(100)) { document throws(JQError) in
                try document.rows(endless)
            }
        }
        #expect(error?.description.contains("in time") == true)
        let program = try JQProgram("{a: .}")
        let rows = try await pool.read(Array("1".utf8)) { document throws(JQError) in try document.rows(program) }
        #expect(rows.count == 1)
    }

    @Test func `cancelling the task ends the wait`() async throws {
        let pool = JQPool(threads: 1)
        defer { pool.shutdown() }
        let endless = try JQProgram("last(range(100000000)) | {a: .}")
        let task = Task {
            try await pool.read(Array("1".utf8)) { document throws(JQError) in try document.rows(endless) }
        }
        task.cancel()
        // The filter would end with a row in half a minute: it is the failure that shows who ended first.
        guard case .failure(let error as JQError) = await task.result else {
            Issue.record("a cancelled read returned rows")
            return
        }
        #expect(error.description == "cancelled")
    }
}
