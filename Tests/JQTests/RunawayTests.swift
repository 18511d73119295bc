import Foundation
import TestSupport
import Testing

@testable import JQ

/// Filters that do not end by themselves: each ends with its process, at a bound, and costs nobody else.
@Suite(.serialized, .timeLimit(.minutes(5)), .tags(.load)) struct RunawayTests {
    /// What a filter came to, and how long that took.
    private static func rows(
        _ filter: String, of text: String = "1", in pool: JQPool, within limit: Duration = .seconds(60)
    ) async throws -> (outcome: Result<JQRows, JQError>, time: Duration) {
        let program = try JQProgram(filter)
        let start = ContinuousClock.now
        do throws(JQError) {
            let rows = try await pool.read(Array(text.utf8), within: limit) { text async throws(JQError) in
                try await text.rows(program)
            }
            return (.success(rows), .now - start)
        } catch {
            return (.failure(error), .now - start)
        }
    }

    private static func small() -> JQPool {
        JQPool(Program.filters, bounds: JQBounds(memory: 100_000_000), processes: 1)
    }

    /// A filter that makes a text of 2 to this many bytes.
    private static func text(_ doublings: Int) -> String { #"(reduce range(\#(doublings)) as $i ("x"; . + .))"# }

    /// The pool's one process has gone with its memory, and the next one reads well.
    private static func expectReplaced(_ process: Int32?, in pool: JQPool) async throws {
        if let process { #expect(kill(process, 0) != 0, "the process is there still") }
        let next = try await rows("{a: .}", in: pool).outcome.get()
        #expect(String(decoding: next.json, as: UTF8.self) == #"{"a":1}"#)
        #expect(pool.processes.count == 1 && pool.processes.first != process)
    }

    @Test(arguments: [
        "[range(1e9)] | .[] | {id: .}", "[limit(1e12; repeat(1))] | {a: length}", "def f: 1 + f; {a: f}",
        #""x" * 1e9 | {a: length}"#, "reduce range(1e9) as $i ([]; . + [$i]) | {a: length}",
        "def f: [., .] | f; {a: f}", #"{a: (reduce range(40) as $i ("x"; . + .))}"#,
        "[range(1e9)] | sort | {a: length}", "def f: def g: f; g; f",
    ])
    func `a filter that grows is ended at the bound of memory, and told so`(filter: String) async throws {
        let pool = Self.small()
        defer { pool.shutdown() }
        _ = try await Self.rows("{}", in: pool)
        let process = pool.processes.first
        let ended = try await Self.rows(filter, in: pool)
        #expect(ended.outcome == .failure(JQError("the filter took more than 100 MB of memory", .runaway)))
        try await Self.expectReplaced(process, in: pool)
    }

    @Test(arguments: [
        "def f: f; f", "last(range(1e12)) | {a: .}", "repeat(1) | empty",
        "[limit(1; range(1e12) | select(. < 0))] | {a: 1}",
        #"{a: ("x" | until(false; .))}"#,
    ])
    func `a filter that does not end is ended at its deadline`(filter: String) async throws {
        let pool = Self.small()
        defer { pool.shutdown() }
        _ = try await Self.rows("{}", in: pool)
        let process = pool.processes.first
        let ended = try await Self.rows(filter, in: pool, within: .milliseconds(500))
        #expect(ended.outcome == .failure(JQError("the filter has not ended in time", .runaway)))
        #expect(ended.time < .seconds(3))
        try await Self.expectReplaced(process, in: pool)
    }

    @Test(arguments: [0, 1, 2, 3]) func `whatever is asked of a filter has the same bounds`(question: Int) async throws
    {
        let pool = Self.small()
        defer { pool.shutdown() }
        let (grows, runs) = try (JQProgram("[range(1e9)] | {a: .[0]}"), JQProgram("last(range(1e12))"))
        func ask(_ program: JQProgram, within limit: Duration) async -> String {
            do throws(JQError) {
                try await pool.read(Array("1".utf8), within: limit) { text async throws(JQError) in
                    switch question {
                    case 0: _ = try await text.rows(program)
                    case 1: _ = try await text.firstObject(program)
                    case 2: _ = try await text.firstCount(program)
                    default: _ = try await text.firstText(program)
                    }
                }
                return "ended"
            } catch {
                return error.description
            }
        }
        #expect(await ask(grows, within: .seconds(60)) == "the filter took more than 100 MB of memory")
        #expect(await ask(runs, within: .milliseconds(500)) == "the filter has not ended in time")
        try await Self.expectReplaced(nil, in: pool)
    }

    @Test func `cancelling the task ends the filter`() async throws {
        let pool = Self.small()
        defer { pool.shutdown() }
        let endless = try JQProgram("last(range(1e12)) | {a: .}")
        let task = Task {
            try await pool.read(Array("1".utf8)) { text async throws(JQError) in try await text.rows(endless) }
        }
        try await eventually("the filter runs") { pool.processes.contains { Self.ticks($0) > 20 } }
        let process = pool.processes.first
        task.cancel()
        guard case .failure(let error as JQError) = await task.result else {
            Issue.record("a cancelled read returned rows")
            return
        }
        #expect(error.description == "cancelled")
        try await Self.expectReplaced(process, in: pool)
    }

    @Test func `a task that is cancelled while it waits for a process waits no longer`() async throws {
        let pool = Self.small()
        defer { pool.shutdown() }
        let endless = try JQProgram("last(range(1e12)) | {a: .}")
        let first = Task {
            try await pool.read(Array("1".utf8)) { text async throws(JQError) in try await text.rows(endless) }
        }
        try await eventually("the filter runs") { !pool.processes.isEmpty }
        let waiting = try await Self.rows("{}", in: pool, within: .milliseconds(100))
        #expect(waiting.outcome == .failure(JQError("the filter has not ended in time", .runaway)))
        first.cancel()
        _ = await first.result
        try await Self.expectReplaced(nil, in: pool)
    }

    @Test func `gigabytes of rows are stopped, by rows and by bytes`() async throws {
        let pool = JQPool(processes: 1)
        defer { pool.shutdown() }
        let many = try await Self.rows("range(1e9) | {a: .}", in: pool)
        #expect(many.outcome == .failure(JQError("the filter made more than 1000000 rows", .runaway)))
        let long = try await Self.rows("(\(Self.text(20))) as $x | range(1e6) | {a: $x}", in: pool)
        #expect(long.outcome == .failure(JQError("the filter made more than 128 MB of rows", .runaway)))
        let one = try await Self.rows("{a: \(Self.text(27))}", in: pool)
        #expect(one.outcome == .failure(JQError("the filter made more than 128 MB of rows", .runaway)))
        // What is within the bound comes whole.
        let large = try await Self.rows("{a: \(Self.text(26))}", in: pool).outcome.get()
        #expect(large.json.count == (1 << 26) + 8)
    }

    @Test func `texts and objects have bounds of their own`() async throws {
        let pool = JQPool(processes: 1)
        defer { pool.shutdown() }
        let (text, object) = try (JQProgram(Self.text(26)), JQProgram("{a: \(Self.text(20))}"))
        let read = try await pool.read(Array("1".utf8)) { reader async throws(JQError) in
            try await reader.firstText(text)
        }
        #expect(read?.utf8.count == JQBounds.textBytes)
        await #expect(throws: JQError("the filter made an object of more than 1 MB", .runaway)) {
            try await pool.read(Array("1".utf8)) { reader async throws(JQError) in
                try await reader.firstObject(object)
            }
        }
        let error = try await Self.rows("error(\(Self.text(26)))", in: pool).outcome
        guard case .failure(let error) = error else { throw JQError("no error") }
        #expect(error.description.utf8.count == 10_000)
    }

    @Test func `a text that needs more than the bound to be parsed is told as such`() async throws {
        let pool = Self.small()
        defer { pool.shutdown() }
        let text = "[" + String(repeating: "[],", count: 1_000_000) + "1]"
        let error = JQError("the page took more than 100 MB of memory", .runaway)
        #expect(try await Self.rows("{}", of: text, in: pool).outcome == .failure(error))
        try await Self.expectReplaced(nil, in: pool)
    }

    @Test func `values nested a million deep end at most their process`() async throws {
        let pool = JQPool(processes: 1)
        defer { pool.shutdown() }
        let text = String(repeating: "[", count: 1_000_000) + String(repeating: "]", count: 1_000_000)
        guard case .failure(let error) = try await Self.rows("{}", of: text, in: pool).outcome else {
            throw JQError("read")
        }
        #expect(error.description.hasPrefix("not one whole JSON value: "))
        let filter = "reduce range(1000000) as $i ([]; [.]) | {a: (tojson | length)}"
        let deep = try await Self.rows(filter, in: pool).outcome
        if case .failure(let error) = deep { #expect(error.kind == .runaway, "\(error)") }
        try await Self.expectReplaced(nil, in: pool)
    }

    @Test func `a process that is killed costs the text that it had, and no other`() async throws {
        let pool = JQPool(processes: 1)
        defer { pool.shutdown() }
        let endless = try JQProgram("last(range(1e12)) | {a: .}")
        let read = Task {
            try await pool.read(Array("1".utf8)) { text async throws(JQError) in try await text.rows(endless) }
        }
        try await eventually("the filter runs") { pool.processes.contains { Self.ticks($0) > 20 } }
        let process = try #require(pool.processes.first)
        kill(process, SIGKILL)
        await #expect(throws: JQError("the filter's process was killed", .interrupted)) { try await read.value }
        try await Self.expectReplaced(process, in: pool)
        // One that had nothing to do is replaced without a word.
        let idle = try #require(pool.processes.first)
        kill(idle, SIGKILL)
        // Until it has ended it would still be given a text.
        try await eventually("it has ended") { Self.hasEnded(idle) }
        try await Self.expectReplaced(nil, in: pool)
        #expect(pool.processes != [idle])
    }

    @Test func `what is in the worker's memory and environment is not in the process`() async throws {
        let pool = JQPool(processes: 1)
        defer { pool.shutdown() }
        let file = open("/dev/zero", O_RDONLY)
        defer { close(file) }
        _ = try await Self.rows("{}", in: pool)
        let process = try #require(pool.processes.first)
        #if os(Linux)
            let environment = try String(contentsOfFile: "/proc/\(process)/environ", encoding: .utf8)
            #expect(environment == "SWIFT_BACKTRACE=enable=no\0")
            // Beside what its own libraries open.
            let folder = "/proc/\(process)/fd"
            let open = try FileManager.default.contentsOfDirectory(atPath: folder).compactMap {
                try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)")
            }
            #expect(open.count >= 3)
            #expect(!open.contains("/dev/zero"))
        #endif
    }

    @Test func `processes end with the pool`() async throws {
        let pool = JQPool(processes: 2)
        _ = try await Self.rows("{}", in: pool)
        let process = try #require(pool.processes.first)
        pool.shutdown()
        try await eventually("the process ends") { kill(process, 0) != 0 }
    }

    /// What /proc/<pid>/stat has behind the name (proc_pid_stat(5)); empty if there is no such process.
    private static func facts(_ process: Int32) -> [Substring] {
        let text = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ""
        return text.split(separator: ")").last?.split(separator: " ") ?? []
    }

    /// Whether it is gone, or nobody has waited for it yet.
    private static func hasEnded(_ process: Int32) -> Bool {
        facts(process).first.map { $0 == "Z" || $0 == "X" } ?? true
    }

    /// The processor time of a process, in hundredths of a second.
    private static func ticks(_ process: Int32) -> Int {
        let fields = facts(process)
        return fields.count > 12 ? (Int(fields[11]) ?? 0) + (Int(fields[12]) ?? 0) : 0
    }
}
