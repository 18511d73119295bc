package import Basics
import Digests
import Foundation
package import Logs
package import POSIX
import Synchronization

/// Keeps calls and their answers in a folder: `calls.ndjson`, one line each in the order in which they ended, and `answers/`,
/// each body once.
///
/// Secrets are removed before anything is kept: those that the redactor knows, tokens, and cookies. Headers of requests, which
/// carry most keys, are not kept at all. Only one recorder may write to a folder at a time.
package final class CallRecorder: Sendable {
    /// What came of a call.
    package enum Outcome: Sendable {
        case response(status: Int, headers: [(name: String, value: String)], body: [UInt8])
        case failure(String)
    }

    private let folder: String
    private let redactor: Redactor
    private let waiting = Mutex<[(call: RecordedCall, body: [UInt8])]>([])

    /// Makes the folder if there is none; a recording that is there is continued.
    package init(folder: String, redactor: Redactor) throws(SystemError) {
        self.folder = folder
        self.redactor = redactor
        try Folder.make("\(folder)/answers")
    }

    /// Remembers a call until `flush`.
    ///
    /// `url` and `body` have `RecordedCall.wildcard` where requests differ. `secret` is a token that the redactor does not know.
    /// With `keepsBody` false, the response's body is not kept.
    package func record(
        _ outcome: Outcome, of method: String, _ url: String, body: [UInt8]?, isTold: Bool = false, minute: Minute,
        source: String, servers: [String: String], hiding secret: String? = nil, keepsBody: Bool = true
    ) {
        let redactor = redactor.hiding(secret)
        var (status, failure, headers, answer) = (Int?.none, String?.none, [RecordedCall.Header](), [UInt8]())
        switch outcome {
        case .response(let code, let fields, let body):
            status = code
            headers = fields.filter { !Self.left.contains($0.name.lowercased()) }.map {
                RecordedCall.Header(name: redactor($0.name), value: redactor($0.value))
            }
            if keepsBody { answer = redactor(body) }
        case .failure(let reason): failure = redactor(reason)
        }
        let call = RecordedCall(
            minute: minute, source: source, servers: servers.mapValues(redactor.callAsFunction), method: method,
            url: redactor(url), isTold: isTold, body: body.map { redactor(String(decoding: $0, as: UTF8.self)) },
            status: status, failure: failure, headers: headers,
            answer: answer.isEmpty ? nil : Self.name(of: answer, headers))
        waiting.withLock { $0.append((call, answer)) }
    }

    /// Writes what was recorded, and returns the calls; an answer is on the disk before a line names it.
    @discardableResult
    package func flush() throws -> [RecordedCall] {
        let calls = waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
        guard !calls.isEmpty else { return [] }
        let path = "\(folder)/\(Recording.fileName)"
        var lines = FileManager.default.contents(atPath: path).map { [UInt8]($0) } ?? []
        for (call, body) in calls {
            if let answer = call.answer { _ = try DurableFile.create("\(folder)/\(answer)", body) }
            lines += try call.line
        }
        // As a whole, so that a process that is killed leaves no half line.
        try DurableFile.replace(path, lines)
        return calls.map(\.call)
    }

    /// Headers of one connection or one user, and those that the sandbox's server writes itself.
    private static let left: Set<String> = [
        "set-cookie", "connection", "keep-alive", "transfer-encoding", "content-encoding", "content-length", "date",
        "server", "trailer", "upgrade", "alt-svc",
    ]

    /// `answers/<hash>.json`: equal answers are one file.
    private static func name(of answer: [UInt8], _ headers: [RecordedCall.Header]) -> String {
        let type = headers.first { $0.name.lowercased() == "content-type" }?.value.lowercased() ?? ""
        let ending = ["json", "csv", "html", "xml"].first(where: type.contains) ?? "txt"
        return "answers/\(Digest.sha256(answer).prefix(20)).\(ending)"
    }
}
