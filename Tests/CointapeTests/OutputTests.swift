import Foundation
import Redis
import TestSupport
import Testing

/// Output that cannot be written: commands whose result it is say so, and what runs on does not care.
@Suite(.serialized, .timeLimit(.minutes(5)), .tags(.load)) struct OutputTests {
    private func run(_ command: String, environment: [String: String] = [:]) async throws -> String {
        try await shell(
            "\(command)\necho \"exit ${PIPESTATUS[0]}\"",
            environment: environment.merging(["C": Cointape.program]) { $1 },
            within: .seconds(60))
    }

    private static let commands = [
        "check config/api.json", "check --reference", "--help", "--version", "help up", "up --help",
        "--generate-completion-script bash", "fetch --dry-run \"$MOOD\"",
    ]

    /// A feed for `fetch --dry-run`, on a server of its own.
    private func withMood(_ body: ([String: String]) async throws -> Void) async throws {
        let folder = try TestFolder()
        let server = try await StubServer { _ in
            [.send(Array("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n[1]".utf8))]
        }
        try """
        {"worker": "fetch", "name": "mood", "redis": {"url": "redis://127.0.0.1:1"}, "schedule": {},
        "request": {"url": "\(server.url)/"}, "filter": "{id: .[0]}", "publish": {"stream": "mood"}}
        """.write(toFile: "\(folder.path)/mood.json", atomically: true, encoding: .utf8)
        try await body(["MOOD": "\(folder.path)/mood.json"])
    }

    #if os(Linux)
        @Test(arguments: commands) func `a result that cannot be written is an error`(command: String) async throws {
            try await withMood { environment in
                let full = try await run("\"$C\" \(command) >/dev/full", environment: environment)
                #expect(full.contains("cointape: standard output cannot be written: No space left on device\n"))
                #expect(full.hasSuffix("\nexit 74\n"), "\(full)")
                #expect(!full.contains("Fatal"))
            }
        }
    #endif

    @Test(arguments: commands) func `a result that has nowhere to go is an error`(command: String) async throws {
        try await withMood { environment in
            let closed = try await run("\"$C\" \(command) >&-", environment: environment)
            #expect(closed.contains("cointape: standard output cannot be written: Bad file descriptor\n"), "\(closed)")
            #expect(closed.hasSuffix("\nexit 74\n"), "\(closed)")
            // Nor is there where to say so.
            let silent = try await run("\"$C\" \(command) >&- 2>&- <&-", environment: environment)
            #expect(silent == "exit 74\n")
        }
    }

    @Test(arguments: commands) func `a reader that has gone ends a command as SIGPIPE does`(command: String)
        async throws
    {
        try await withMood { environment in
            let gone = try await run("{ sleep 0.3; exec \"$C\" \(command); } | true", environment: environment)
            #expect(!gone.contains("Fatal") && !gone.contains("cannot be written"), "\(gone)")
            #expect(gone.hasSuffix("exit 141\n"), "\(gone)")
        }
    }

    @Test(arguments: ["check none.json", "frob", "status --frob"])
    func `errors that nobody can read still have their exit codes`(command: String) async throws {
        let code = try await run("\"$C\" \(command) 2>/dev/null")
        #expect(["exit 78\n", "exit 64\n"].contains(code))
        for way in ["2>&-", ">&- 2>&- <&-", "2>/dev/full"] {
            if way.contains("full"), !FileManager.default.fileExists(atPath: "/dev/full") { continue }
            #expect(try await run("\"$C\" \(command) \(way)") == code)
        }
    }

    @Test func `commands about Redis tell it too, and what they did is done`() async throws {
        let redis = try await TestRedis()
        let environment = ["REDIS_URL": redis.url]
        let opened = try await run("\"$C\" orders open --kind sandbox >&-", environment: environment)
        #expect(opened.hasSuffix("\nexit 74\n"), "\(opened)")
        for command in ["orders verify", "status --json", "status", "orders rebuild", "status --watch"] {
            let text = try await run("\"$C\" \(command) >&-", environment: environment)
            #expect(text.contains("cannot be written") && text.hasSuffix("\nexit 74\n"), "\(command): \(text)")
        }
    }

    @Test(arguments: [">/dev/full", "2>/dev/full >/dev/full", ">&-", ">&- 2>&- <&-", "| true", "2>&1 | true"])
    func `up lives on without its output`(way: String) async throws {
        if way.contains("full"), !FileManager.default.fileExists(atPath: "/dev/full") { return }
        let folder = try TestFolder()
        let port = try FreePort.next(2)
        let start = "exec \"$C\" up --data \"$D\" --port \(port)"
        // Of a pipe the last command decides how long the shell lives: it waits for both.
        let line =
            way.contains("|")
            ? "(echo $BASHPID >\"$D/pid\"; \(start)) \(way); wait" : "echo $$ >\"$D/pid\"; \(start) \(way)"
        let process = try Child(
            ["bash", "-c", line], in: Repository.path,
            environment: ProcessInfo.processInfo.environment.merging(["C": Cointape.program, "D": folder.path]) { $1 })
        try await eventually(within: .seconds(120), "up serves a list") {
            guard process.isRunning else { return false }
            return try await shell("curl -s 'localhost:\(port)?limit=1' || true").contains("Rank")
        }
        let pid = try #require(
            Int32(
                try String(contentsOfFile: "\(folder.path)/pid", encoding: .utf8).trimmingCharacters(
                    in: .whitespacesAndNewlines)))
        #if os(Linux)
            // What is opened later must not get the lines that are for nobody.
            for descriptor in 0...2 {
                let target = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/fd/\(descriptor)")
                #expect(
                    ["/dev/null", "/dev/full"].contains(target) || target.hasPrefix("pipe:"),
                    "\(descriptor) is \(target)")
            }
        #endif
        kill(pid, SIGINT)
        try await eventually(within: .seconds(30), "it ends") { !isAlive(pid) && !process.isRunning }
        if !way.contains("|") { #expect(process.exitCode == 0) }
    }
}
