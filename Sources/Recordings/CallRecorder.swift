package import Basics
import Digests
import Foundation
package import Logs
import POSIX
import Synchronization

/// Keeps calls and their answers in a folder: `calls.ndjson`, one line each in the order in which they ended, and `answers/`,
/// each body once.
///
/// Secrets are removed before anything is kept: those that the redactor knows, tokens, and cookies. Headers of requests, which
/// carry most keys, are not kept at all.
package final class CallRecorder: Sendable {
    /// What came of a call.
    package enum Outcome: Sendable {
        case response(status: Int, headers: [(name: String, value: String)], body: [UInt8])
        case failure(String)
    }

    /// A call as it was made.
    package struct Call: Sendable {
        package var minute: Minute
        package var source: String
        /// The variables that say where the worker's servers are, and what they say.
        package var servers: [String: String]
        package var method: String
        /// URL and body have `RecordedCall.wildcard` where requests differ.
        package var url: String
        package var body: [UInt8]?
        /// Whether the provider told the URL, as that of a next page.
        package var isTold = false
        package var outcome: Outcome
        /// The URL of the next page, as the provider wrote it.
        package var next: String?
        /// A token that the redactor does not know.
        package var token: String?
        /// Whether the answer is one that tells the token: then it may have others too.
        package var tellsToken = false

        package init(
            minute: Minute, source: String, servers: [String: String], method: String, url: String, body: [UInt8]?,
            outcome: Outcome
        ) {
            self.minute = minute
            self.source = source
            self.servers = servers
            self.method = method
            self.url = url
            self.body = body
            self.outcome = outcome
        }
    }

    private let folder: String
    private let redactor: Redactor
    private let lines: LineFile
    private let waiting = Mutex<[Call]>([])

    /// Makes the folder if there is none; a recording that is there is continued.
    ///
    /// Throws an `InvalidText` if it cannot be read, and a `SystemError` if it cannot be written, or another recorder writes to it.
    package init(folder: String, redactor: Redactor) throws {
        self.folder = folder
        self.redactor = redactor
        try Folder.make("\(folder)/answers")
        _ = try DiskSpace.free(at: "\(folder)/answers")
        DurableFile.removeTemporaries(in: "\(folder)/answers")
        let path = "\(folder)/\(Recording.fileName)"
        lines = try LineFile(path)
        if try lines.size() > 0 { _ = try Recording(folder: folder) }
    }

    /// Remembers a call until `flush`.
    package func record(_ call: Call) {
        waiting.withLock { $0.append(call) }
    }

    /// Writes what was recorded, and returns how many calls that are; an answer is on the disk before a line names it.
    @discardableResult
    package func flush() throws -> Int {
        let calls = waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
        var text: [UInt8] = []
        for call in calls {
            let (recorded, answer) = recorded(call)
            if let path = recorded.answer { try keep(answer, at: "\(folder)/\(path)") }
            text += try recorded.line
        }
        try lines.append(text)
        return calls.count
    }

    private func recorded(_ call: Call) -> (RecordedCall, answer: [UInt8]) {
        let redactor = redactor.hiding(call.token)
        var (status, failure, headers, answer) = (Int?.none, String?.none, [RecordedCall.Header](), [UInt8]())
        switch call.outcome {
        case .response(let code, let fields, let body):
            status = code
            let kept = fields.filter { !RecordedCall.isOfConnection($0.name) && (!call.tellsToken || $0.name.isType) }
            headers = kept.map { field in
                let value =
                    call.next.map { NextPage.relative($0, in: Array(field.value.utf8)) } ?? Array(field.value.utf8)
                return RecordedCall.Header(
                    name: redactor(field.name), value: String(decoding: redactor(value, isText: false), as: UTF8.self))
            }
            answer = call.tellsToken ? TokenAnswer.masked(body) : body
            if let next = call.next { answer = NextPage.relative(next, in: answer) }
            answer = redactor(answer, isText: false)
        case .failure(let reason): failure = redactor(reason)
        }
        let recorded = RecordedCall(
            minute: call.minute, source: call.source, servers: call.servers.mapValues(redactor.callAsFunction),
            method: call.method, url: redactor(call.url), isTold: call.isTold,
            body: call.body.map { redactor(String(decoding: $0, as: UTF8.self)) }, status: status, failure: failure,
            headers: headers, answer: answer.isEmpty ? nil : Self.name(of: answer, headers))
        return (recorded, answer)
    }

    /// Equal answers are one file; one that was changed since is written again.
    private func keep(_ answer: [UInt8], at path: String) throws(SystemError) {
        guard try !DurableFile.create(path, answer) else { return }
        if FileManager.default.contents(atPath: path).map({ [UInt8]($0) }) != answer {
            try DurableFile.replace(path, answer)
        }
    }

    /// `answers/<hash>.json`.
    private static func name(of answer: [UInt8], _ headers: [RecordedCall.Header]) -> String {
        let type = headers.first { $0.name.isType }?.value.lowercased() ?? ""
        let ending = ["json", "csv", "html", "xml"].first(where: type.contains) ?? "txt"
        return "answers/\(Digest.sha256(answer).prefix(20)).\(ending)"
    }
}

extension String {
    /// Whether it is the header that says how a body is read.
    fileprivate var isType: Bool { lowercased() == "content-type" }
}

/// The answer of a call for a token, which often has other secrets beside it.
private enum TokenAnswer {
    /// With all texts masked but dates, which say how long the token is valid; empty if it is not JSON.
    static func masked(_ body: [UInt8]) -> [UInt8] {
        guard let value = try? JSONSerialization.jsonObject(with: Data(body), options: [.fragmentsAllowed]),
            let data = try? JSONSerialization.data(
                withJSONObject: masked(value), options: [.fragmentsAllowed, .sortedKeys, .withoutEscapingSlashes])
        else { return [] }
        return [UInt8](data)
    }

    private static func masked(_ value: Any) -> Any {
        switch value {
        case let text as String: Timestamp(rfc3339: text) == nil ? Redactor.mask : text
        case let list as [Any]: list.map(masked)
        case let object as [String: Any]: object.mapValues(masked)
        default: value
        }
    }
}

/// The address of a next page in what a provider says.
///
/// A recording is played by another server, so it has the address without the host: as what follows it (RFC 3986, section 4.2).
private enum NextPage {
    /// Replaces the address where it stands alone, in whatever spelling.
    static func relative(_ address: String, in bytes: [UInt8]) -> [UInt8] {
        let rest: Substring
        if let mark = address.firstRange(of: "://") {
            rest = address[mark.upperBound...]
        } else if address.hasPrefix("//") {
            rest = address.dropFirst(2)
        } else {
            return bytes
        }
        let target = rest.drop { $0 != "/" && $0 != "?" }
        let relative = Array((target.hasPrefix("/") ? String(target) : "/" + target).utf8)
        let (text, bounds) = (SpelledText(address), Set("\"'<>\\ \t\r\n,;".utf8))
        let firsts = text.firstBytes
        var output: [UInt8] = []
        var copied = 0
        bytes.withUnsafeBufferPointer { bytes in
            for start in bytes.indices where start >= copied && firsts.contains(bytes[start]) {
                guard let end = text.end(in: bytes, from: start), end == bytes.count || bounds.contains(bytes[end])
                else {
                    continue
                }
                output += bytes[copied..<start]
                output += relative
                copied = end
            }
        }
        return output + bytes[copied...]
    }
}
