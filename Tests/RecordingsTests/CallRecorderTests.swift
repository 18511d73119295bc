import Basics
import Foundation
import Logs
import TestSupport
import Testing

@testable import Recordings

struct CallRecorderTests {
    private let minute = Minute(containing: Timestamp(milliseconds: 1_795_251_660_000))

    private func record(
        _ recorder: CallRecorder, _ outcome: CallRecorder.Outcome, url: String = "https://h/p",
        hiding secret: String? = nil
    ) {
        recorder.record(
            outcome, of: "GET", url, body: nil, minute: minute, source: "market", servers: ["M_URL": "https://h"],
            hiding: secret)
    }

    @Test func `what was recorded is read again, and equal answers are one file`() throws {
        let folder = try TestFolder()
        let recorder = try CallRecorder(folder: folder.path, redactor: Redactor())
        let headers = [(name: "Content-Type", value: "application/json"), (name: "X-Total", value: "7")]
        for _ in 0..<2 { record(recorder, .response(status: 200, headers: headers, body: Array("[1]".utf8))) }
        record(recorder, .failure("connection refused"))
        #expect(try recorder.flush().count == 3)
        #expect(try recorder.flush().isEmpty)
        let recording = try Recording(folder: folder.path)
        #expect(recording.calls.map(\.status) == [200, 200, nil])
        #expect(recording.calls[2].failure == "connection refused")
        #expect(recording.calls[0].headers.map(\.name) == ["Content-Type", "X-Total"])
        #expect(recording.body(of: recording.calls[0]) == Array("[1]".utf8))
        #expect(recording.minutes == minute...minute)
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/answers").count == 1)
        #expect(recording.environment(base: "http://127.0.0.1:1") == ["M_URL": "http://127.0.0.1:1/h"])
    }

    @Test func `a recording is continued`() throws {
        let folder = try TestFolder()
        for body in ["[1]", "[2]"] {
            let recorder = try CallRecorder(folder: folder.path, redactor: Redactor())
            record(recorder, .response(status: 200, headers: [], body: Array(body.utf8)))
            try recorder.flush()
        }
        let recording = try Recording(folder: folder.path)
        #expect(recording.calls.map { String(decoding: recording.body(of: $0), as: UTF8.self) } == ["[1]", "[2]"])
    }

    @Test func `secrets, tokens and cookies are not kept`() throws {
        let folder = try TestFolder()
        let recorder = try CallRecorder(folder: folder.path, redactor: Redactor(secrets: ["canary/key"]))
        record(
            recorder,
            .response(
                status: 200, headers: [("Set-Cookie", "canary-cookie"), ("X-Echo", "canary/key")],
                body: Array(#"{"e":"canary\/key","t":"canary-token"}"#.utf8) + [0xE9]),
            url: "https://me:canary-user@h/p?key=canary%2Fkey&t=canary-token", hiding: "canary-token")
        try recorder.flush()
        let recording = try Recording(folder: folder.path)
        let call = recording.calls[0]
        #expect(call.url == "https://***@h/p?key=***&t=***")
        #expect(call.headers == [RecordedCall.Header(name: "X-Echo", value: "***")])
        // A body need not be UTF-8.
        #expect(recording.body(of: call) == Array(#"{"e":"***","t":"***"}"#.utf8) + [0xE9])
        #expect(folder.contents.count == 2)
        for (name, content) in folder.contents {
            #expect(!String(decoding: content, as: UTF8.self).contains("canary"), "\(name)")
        }
    }

    @Test(arguments: [
        ("", "has no calls"), ("{}", "calls.ndjson:1: is not a call as `cointape record` writes it"),
        (
            #"{"minute":"x","source":"s","servers":{},"method":"GET","url":"https://h","told":false,"status":200,"headers":[]}"#,
            #"has a minute "x""#
        ),
        (
            #"{"minute":"2026-11-21T09:01Z","source":"s","servers":{},"method":"GET","url":"https://h","told":false,"headers":[]}"#,
            "should have a status from 100 to 599, or a failure"
        ),
        (
            #"{"minute":"2026-11-21T09:01Z","source":"s","servers":{},"method":"GET","url":"https://h","told":false,"status":200,"headers":[],"answer":"../../etc/passwd"}"#,
            #"names "../../etc/passwd" as its answer"#
        ),
        (
            #"{"minute":"2026-11-21T09:01Z","source":"s","servers":{},"method":"GET","url":"https://h","told":false,"status":200,"headers":[],"answer":"answers/0a.json"}"#,
            "the file answers/0a.json cannot be read"
        ),
    ])
    func `a recording that cannot be read names the line and what is wrong`(text: String, message: String) throws {
        let folder = try TestFolder()
        try text.write(toFile: "\(folder.path)/calls.ndjson", atomically: true, encoding: .utf8)
        let error = #expect(throws: InvalidText.self) { try Recording(folder: folder.path) }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }

    @Test func `a folder without a recording says how to make one`() throws {
        let error = #expect(throws: InvalidText.self) { try Recording(folder: "/nowhere") }
        #expect(error?.description == "/nowhere/calls.ndjson cannot be read; `cointape record /nowhere` makes it")
    }
}
