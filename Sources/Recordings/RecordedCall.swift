package import Basics
import Foundation

/// A call to a provider and what came of it, without secrets: a line of a recording's `calls.ndjson`.
///
/// In URL and body, `***` stands for what differs between calls (times, tokens, signatures) and for keys; it matches any text.
package struct RecordedCall: Codable, Equatable, Sendable {
    /// What stands for any text.
    package static let wildcard = "***"

    package struct Header: Codable, Equatable, Sendable {
        package let name: String
        package let value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// The minute for which it was made, such as `2026-11-21T09:01Z`.
    package let minute: String
    /// The worker that made it.
    package let source: String
    /// The variables that say where the worker's servers are, and what they said.
    package let servers: [String: String]
    package let method: String
    package let url: String
    /// Whether the provider told the URL, as the address of a next page.
    package let isTold: Bool
    /// nil if the request had no body.
    package let body: String?
    /// nil if no response arrived.
    package let status: Int?
    /// Why no response arrived.
    package let failure: String?
    package let headers: [Header]
    /// The file with the response's body, in the folder of the recording; nil if the body is not kept.
    package let answer: String?

    private enum CodingKeys: String, CodingKey {
        case minute, source, servers, method, url, body, status, failure, headers, answer
        case isTold = "told"
    }

    package init(
        minute: Minute, source: String, servers: [String: String], method: String, url: String, isTold: Bool = false,
        body: String? = nil, status: Int? = nil, failure: String? = nil, headers: [Header] = [], answer: String? = nil
    ) {
        self.minute = "\(minute)"
        self.source = source
        self.servers = servers
        self.method = method
        self.url = url
        self.isTold = isTold
        self.body = body
        self.status = status
        self.failure = failure
        self.headers = headers
        self.answer = answer
    }

    /// Reads a line; throws what is wrong with it.
    package init(line: [UInt8]) throws(InvalidText) {
        do {
            self = try JSONDecoder().decode(RecordedCall.self, from: Data(line))
        } catch {
            throw InvalidText("is not a call as `cointape record` writes it")
        }
        guard Minute(minute) != nil else { throw InvalidText("has a minute \"\(minute)\"") }
        guard URLParts(url) != nil else { throw InvalidText("has a URL \"\(url)\"") }
        guard (status == nil) == (failure != nil), (200...599).contains(status ?? 200) else {
            throw InvalidText("should have a status from 200 to 599, or a failure")
        }
        // What is printed or sent must stay on its line.
        for text in [source, method] + headers.flatMap({ [$0.name, $0.value] }) + servers.flatMap({ [$0, $1] }) {
            if let hidden = HiddenCharacter(in: text, .control) { throw InvalidText("has \(hidden)") }
        }
        for (name, value) in servers {
            guard name.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_]*_URL/) != nil, URLParts(value) != nil else {
                throw InvalidText("has a server \"\(name)\" at \"\(value)\"")
            }
        }
        // Only what the recorder names, so that no other file is served.
        guard answer?.wholeMatch(of: /answers\/[0-9a-z]+\.[a-z]+/) != nil || answer == nil else {
            throw InvalidText("names \"\(answer ?? "")\" as its answer")
        }
    }

    /// Whether a header is about one connection or one user, or is one that a server writes itself.
    static func isOfConnection(_ header: String) -> Bool {
        [
            "set-cookie", "connection", "keep-alive", "transfer-encoding", "content-encoding", "content-length", "date",
            "server", "trailer", "upgrade", "alt-svc",
        ].contains(header.lowercased())
    }

    /// The line, which ends with a newline.
    package var line: [UInt8] {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return [UInt8](try encoder.encode(self)) + [UInt8(ascii: "\n")]
        }
    }
}
