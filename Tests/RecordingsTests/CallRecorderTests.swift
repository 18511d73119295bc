import Basics
import Foundation
import Logs
import POSIX
import TestSupport
import Testing

@testable import Recordings

struct CallRecorderTests {
    private let minute = Minute(containing: Timestamp(milliseconds: 1_795_251_660_000))

    private func record(
        _ recorder: CallRecorder, _ outcome: CallRecorder.Outcome, url: String = "https://h/p",
        _ change: (inout CallRecorder.Call) -> Void = { _ in }
    ) {
        var call = CallRecorder.Call(
            minute: minute, source: "market", servers: ["M_URL": "https://h"], method: "GET", url: url, body: nil,
            outcome: outcome)
        change(&call)
        recorder.record(call)
    }

    /// The body of the only call.
    private func kept(
        _ body: String, headers: [(name: String, value: String)] = [], _ change: (inout CallRecorder.Call) -> Void
    ) throws -> (body: String, headers: [RecordedCall.Header]) {
        let folder = try TestFolder()
        let recorder = try CallRecorder(folder: folder.path, redactor: Redactor())
        record(recorder, .response(status: 200, headers: headers, body: Array(body.utf8)), change)
        try recorder.flush()
        let recording = try Recording(folder: folder.path)
        return (String(decoding: recording.body(of: recording.calls[0]), as: UTF8.self), recording.calls[0].headers)
    }

    @Test func `what was recorded is read again, and equal answers are one file`() throws {
        let folder = try TestFolder()
        let recorder = try CallRecorder(folder: folder.path, redactor: Redactor())
        let headers = [(name: "Content-Type", value: "application/json"), (name: "X-Total", value: "7")]
        for _ in 0..<2 { record(recorder, .response(status: 200, headers: headers, body: Array("[1]".utf8))) }
        record(recorder, .failure("connection refused"))
        #expect(try recorder.flush() == 3)
        #expect(try recorder.flush() == 0)
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
            url: "https://me:canary-user@h/p?key=canary%2Fkey&t=canary-token"
        ) { $0.token = "canary-token" }
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

    @Test func `the answer of a login keeps no text but dates`() throws {
        let body =
            #"{"token_type":"Bearer","access_token":"tok-1","refresh_token":"tok-2","expires_in":3600,"until":"2026-11-30T05:00:00Z","list":["tok-3",null,true]}"#
        let kept = try kept(
            body, headers: [("Content-Type", "application/json"), ("X-Auth-Token", "tok-4")]
        ) { call in
            call.tellsToken = true
            call.token = "Bearer tok-1"
        }
        #expect(
            kept.body
                == #"{"access_token":"***","expires_in":3600,"list":["***",null,true],"refresh_token":"***","token_type":"***","until":"2026-11-30T05:00:00Z"}"#
        )
        #expect(kept.headers.map(\.name) == ["Content-Type"])
        #expect(try self.kept("token=tok-1") { $0.tellsToken = true }.body.isEmpty)
    }

    /// The server that plays a recording has another host.
    @Test(arguments: [
        (#"{"next":"https://h/p?page=2&x=a%2Fb"}"#, "https://h/p?page=2&x=a%2Fb", #"{"next":"/p?page=2&x=a%2Fb"}"#),
        (#"{"next":"https:\/\/h\/p?page\u003d2"}"#, "https://h/p?page=2", #"{"next":"/p?page=2"}"#),
        (#"{"next":"//h/a/../p?page=2#x"}"#, "//h/a/../p?page=2#x", #"{"next":"/a/../p?page=2#x"}"#),
        (#"{"next":"https://h?page=2"}"#, "https://h?page=2", #"{"next":"/?page=2"}"#),
        (#"{"next":"?page=2","u":"?page=2"}"#, "?page=2", #"{"next":"?page=2","u":"?page=2"}"#),
        // Another address that begins with it.
        (
            #"{"row":"https://h/p?page=20","next":"https://h/p?page=2"}"#, "https://h/p?page=2",
            #"{"row":"https://h/p?page=20","next":"/p?page=2"}"#
        ),
    ])
    func `the address of a next page is kept without its host`(body: String, next: String, expected: String) throws {
        #expect(try kept(body) { $0.next = next }.body == expected)
        let link = try kept("[]", headers: [("Link", "<\(next)>; rel=\"next\"")]) { $0.next = next }.headers[0].value
        #expect(!next.contains("//") || !link.contains("//"))
    }

    @Test func `a recording that is damaged or in use is not continued`() throws {
        let folder = try TestFolder()
        do {
            let recorder = try CallRecorder(folder: folder.path, redactor: Redactor())
            #expect(throws: SystemError.self) { try CallRecorder(folder: folder.path, redactor: Redactor()) }
            record(recorder, .failure("x"))
            try recorder.flush()
        }
        // As an editor leaves it that writes no newline at the end.
        let path = "\(folder.path)/calls.ndjson"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        try text.trimmingCharacters(in: .newlines).write(toFile: path, atomically: true, encoding: .utf8)
        do {
            let recorder = try CallRecorder(folder: folder.path, redactor: Redactor())
            record(recorder, .failure("y"))
            try recorder.flush()
        }
        #expect(try Recording(folder: folder.path).calls.map(\.failure) == ["x", "y"])
        try "hello\n".write(toFile: path, atomically: true, encoding: .utf8)
        #expect(throws: InvalidText.self) { try CallRecorder(folder: folder.path, redactor: Redactor()) }
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "hello\n")
    }

    @Test func `an answer that was changed is written again`() throws {
        let folder = try TestFolder()
        let recorder = try CallRecorder(folder: folder.path, redactor: Redactor())
        for _ in 0..<2 {
            record(recorder, .response(status: 200, headers: [], body: Array("[1]".utf8)))
            try recorder.flush()
            let recording = try Recording(folder: folder.path)
            #expect(recording.body(of: recording.calls[0]) == Array("[1]".utf8))
            let answer = try #require(recording.calls[0].answer)
            try "[2]".write(toFile: "\(folder.path)/\(answer)", atomically: true, encoding: .utf8)
        }
    }

    @Test func `an answer that is a link is not served`() throws {
        let folder = try TestFolder()
        try FileManager.default.createDirectory(atPath: "\(folder.path)/answers", withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: "\(folder.path)/answers/0a.json", withDestinationPath: "/etc/passwd")
        let line =
            #"{"minute":"2026-11-21T09:01Z","source":"s","servers":{},"method":"GET","url":"https://h","told":false,"status":200,"headers":[],"answer":"answers/0a.json"}"#
        try line.write(toFile: "\(folder.path)/calls.ndjson", atomically: true, encoding: .utf8)
        #expect(throws: InvalidText.self) { try Recording(folder: folder.path) }
    }

    @Test(arguments: [
        ("", "has no calls"), ("{}", "calls.ndjson:1: is not a call as `cointape record` writes it"),
        (
            #"{"minute":"x","source":"s","servers":{},"method":"GET","url":"https://h","told":false,"status":200,"headers":[]}"#,
            #"has a minute "x""#
        ),
        (
            #"{"minute":"2026-11-21T09:01Z","source":"s","servers":{},"method":"GET","url":"https://h","told":false,"headers":[]}"#,
            "should have a status from 200 to 599, or a failure"
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
