import Basics
import Foundation
import Testing

@testable import JQ

/// What comes from a process that has read what strangers send is not believed.
@Suite struct JQWireTests {
    @Test func `texts and numbers come out as they went in, and what is cut is refused`() {
        let texts = ["", "a", "é\0\n", String(repeating: "x", count: 70_000)]
        let bytes = JQPayload.texts(texts)
        #expect(JQPayload.texts(in: bytes) == texts)
        for end in [1, 3, 5, bytes.count - 1] { #expect(JQPayload.texts(in: Array(bytes[..<end])) == nil) }
        #expect(JQPayload.texts(in: [1, 0, 0, 0, 0xFF]) == nil)
        #expect(JQPayload.texts(in: [0xFF, 0xFF, 0xFF, 0xFF, 0]) == nil)
        for number in [0, 1, 1 << 40, -1, Int.max, Int.min] {
            #expect(JQPayload.number(in: JQPayload.number(number)) == number)
        }
        #expect(JQPayload.number(in: []) == nil && JQPayload.number(in: [1]) == nil)
    }

    @Test func `frames come whole and in order, and none that is too long is read`() throws {
        let (one, other) = try JQChannel.pair()
        #expect(one.send(.text, Array("abc".utf8)) && one.send(.nothing))
        #expect(other.receive().map { $0.kind == .text && $0.payload == Array("abc".utf8) } == true)
        #expect(other.receive().map { $0.kind == .nothing && $0.payload.isEmpty } == true)
        for head: [UInt8] in [[9, 0xFF, 0xFF, 0xFF, 0x7F], [200, 0, 0, 0, 0], [9, 4, 0, 0, 0, 1]] {
            let (sender, receiver) = try JQChannel.pair()
            _ = head.withUnsafeBytes { write(sender.descriptor, $0.baseAddress, $0.count) }
            sender.close()
            #expect(receiver.receive() == nil)
            receiver.close()
        }
        other.close()
        #expect(one.isHungUp && !one.send(.text, [1]))
        one.close()
    }

    /// A program that answers what is no answer, in place of ours.
    @Test(arguments: [
        #"printf '\005\001\000\000\000x\006\010\000\000\000\001\000\000\000\000\000\000\000'"#,
        #"printf '\006\010\000\000\000\377\377\377\377\377\377\377\377'"#, #"printf '\006\010\000\000\000\001\000'"#,
        #"printf '\005\002\000\000\000{}\006\010\000\000\000\002\000\000\000\000\000\000\000'"#,
        #"printf '\005\003\000\000\000{,}\006\010\000\000\000\001\000\000\000\000\000\000\000'"#,
        #"printf '\012\000\000\000\000'"#, #"printf '\013\001\000\000\000\377'"#, "exit 3", "kill -11 $$",
        "yes | head -c 3000000",
    ])
    func `an answer that is none is an error, and no rows`(script: String) async throws {
        // Descriptor 0 is the connection, and is written to as well.
        let command = JQCommand(
            program: "/bin/bash", arguments: ["bash", "-c", "exec >&0; head -c 1 >/dev/null; \(script)"])
        let pool = JQPool(command, bounds: JQBounds(memory: 100_000_000), processes: 1)
        defer { pool.shutdown() }
        let program = try JQProgram("{}")
        await #expect(throws: JQError.self) {
            try await pool.read(Array("1".utf8), within: .seconds(20)) { text async throws(JQError) in
                try await text.rows(program)
            }
        }
    }

    @Test func `a program that is not there is told`() async throws {
        let pool = JQPool(
            JQCommand(program: "/no/such", arguments: ["x"]), bounds: JQBounds(memory: 1), processes: 1)
        defer { pool.shutdown() }
        let program = try JQProgram("{}")
        await #expect(
            throws: JQError("no process for filters: /no/such: No such file or directory", .interrupted)
        ) {
            try await pool.read(Array("1".utf8)) { text async throws(JQError) in try await text.rows(program) }
        }
    }
}
