import Basics
import Foundation
import Redis
import TestSupport
import Workers

@testable import Assembly
@testable import Fetching
@testable import Tape

/// A feed of a test's own config, whose provider is a stub.
final class OwnFeed: Sendable {
    /// What the provider answers with.
    struct Answer: Sendable {
        var status = 200
        var headers: [String] = []
        var body: [UInt8] = []

        init(_ status: Int, _ body: String, headers: [String] = []) {
            self.init(status, bytes: Array(body.utf8), headers: headers)
        }

        init(_ body: String, headers: [String] = []) {
            self.init(bytes: Array(body.utf8), headers: headers)
        }

        init(_ status: Int = 200, bytes: [UInt8], headers: [String] = []) {
            self.status = status
            self.headers = headers
            body = bytes
        }
    }

    let server: StubServer
    private let config: FetchConfig
    private let process: WorkerProcess
    private let clock = TapeClock()

    /// `request` and `more` are JSON: members of `request` behind the URL, and members of the config behind it.
    ///
    /// `URL` in them becomes the provider's.
    init(
        path: String = "/list", request: String = "", filter: String = ".[]", _ more: String = "",
        answer: @escaping @Sendable (StubServer.Request) -> Answer
    ) async throws {
        let server = try await StubServer { request in
            let answer = answer(request)
            let head = ["HTTP/1.1 \(answer.status) X", "Content-Length: \(answer.body.count)"] + answer.headers
            return [.send(Array((head.joined(separator: "\r\n") + "\r\n\r\n").utf8) + answer.body)]
        }
        self.server = server
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("feed-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let text = """
            {"worker": "fetch", "name": "own", "redis": {"url": "redis://127.0.0.1:1"}, "schedule": {},
            "logging": {"level": "critical"},
            "request": {"url": "\(server.url)\(path)"\(request.isEmpty ? "" : ", \(request)")},
            "filter": "\(filter)"\(more.isEmpty ? "" : ", \(more)"), "publish": {"stream": "own"}}
            """
        let file = folder.appendingPathComponent("own.json").path
        try text.replacing("URL", with: server.url).write(toFile: file, atomically: true, encoding: .utf8)
        let configs = try ConfigFiles.load([file], environment: [:], requiringNeeds: true)
        guard let config = configs.files.first?.config as? FetchConfig else { throw Feed.NotAFeed() }
        self.config = config
        process = WorkerProcess(clock: clock, redactor: configs.redactor, program: Program.path)
    }

    deinit {
        process.shutdown()
    }

    /// The rows and the summary, or the gap.
    func fetch() async throws -> (rows: String, summary: String, warnings: [String]) {
        do {
            let preview = try await config.fetcher(in: process).preview(deadline: clock.now + .seconds(30))
            return (String(decoding: preview.rows, as: UTF8.self), preview.summary, preview.warnings)
        } catch let gap as Gap {
            return ("", "\(gap.code): \(gap.detail)", [])
        }
    }

    var calls: Int { server.requests.count }
}

extension StubServer.Request {
    /// The value of a parameter of the query, as it was sent.
    func parameter(_ name: String) -> String? {
        path.split(separator: "?").dropFirst().first?.split(separator: "&").first { $0.hasPrefix("\(name)=") }
            .map { String($0.dropFirst(name.count + 1)) }
    }
}
