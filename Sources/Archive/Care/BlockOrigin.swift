package import Basics
import Blocks
package import CurlHTTP
import JSON

/// Another archive, from which blocks are copied.
package protocol BlockOrigin: Sendable {
    /// For messages; contains no secret.
    var name: String { get }

    func blocks() async throws -> [OfferedBlock]

    /// Returns the bytes unchecked.
    func bytes(of block: OfferedBlock) async throws -> [UInt8]
}

package struct OfferedBlock: Sendable {
    let name: BlockName
    /// In bytes.
    let size: Int
    /// In hexadecimal; nil if the origin does not state it.
    let sha256: String?
}

/// The reason why an origin does not deliver a block.
struct OriginError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// A store that another host's archive worker fills.
package struct StoreOrigin: BlockOrigin {
    private let store: any BlockStore

    package init(_ store: any BlockStore) {
        self.store = store
    }

    package var name: String { store.name }

    package func blocks() async throws -> [OfferedBlock] {
        try await store.blocks().map { OfferedBlock(name: $0.key, size: $0.value, sha256: nil) }
    }

    package func bytes(of block: OfferedBlock) async throws -> [UInt8] {
        guard let bytes = try await store.bytes(of: block.name) else {
            throw OriginError("\(name) does not have \(block.name) any more")
        }
        return bytes
    }
}

/// An api that serves history: `GET /history` and `GET /history/<block>`.
package struct HistoryOrigin: BlockOrigin {
    package let name: String
    private let client: HTTPClient

    /// An example of an accepted URL, for error messages.
    package static let accepted = "http://host:6667"

    /// The largest block that is accepted, in bytes: a day of a million coins takes less.
    private static let largest = 4_000_000_000
    private static let attempts = 4

    /// `url` is the api's base URL, usually without a path; the caller keeps ownership of the client.
    package init(_ url: String, client: HTTPClient) throws(InvalidText) {
        try Self.check(url)
        name = String(url.reversed().drop { $0 == "/" }.reversed())
        self.client = client
    }

    /// Throws if `init` would not accept the URL.
    package static func check(_ url: String) throws(InvalidText) {
        guard HTTPRequest.isValid(url: url), !url.contains(where: { "?#@".contains($0) }) else {
            throw InvalidText("should be an api's URL, such as \(accepted), without a query or a password")
        }
    }

    package func blocks() async throws -> [OfferedBlock] {
        let body = try await get("history", limits: HTTPRequest.Limits(total: .seconds(300), stall: .seconds(120)))
        do {
            return try Self.blocks(body)
        } catch {
            throw OriginError("\(name)/history is not the history of a cointape: \(error)")
        }
    }

    package func bytes(of block: OfferedBlock) async throws -> [UInt8] {
        let limits = HTTPRequest.Limits(total: .seconds(3600), stall: .seconds(60), body: block.size)
        let bytes = try await get("history/\(block.name)", limits: limits)
        guard bytes.count == block.size else {
            throw OriginError("\(block.name) has \(bytes.count) bytes, and \(name)/history tells of \(block.size)")
        }
        return bytes
    }

    /// Retries after network errors, and while the server is busy.
    private func get(_ path: String, limits: HTTPRequest.Limits) async throws -> [UInt8] {
        var backoff = Backoff(base: .seconds(1), maximum: .seconds(10))
        for attempt in 1... {
            var request = HTTPRequest(url: "\(name)/\(path)", limits: limits)
            request.takesCompressed = path == "history"
            do {
                let response = try await client.get(request)
                if response.status == 200 { return response.body }
                let words = "\(name)/\(path): HTTP \(response.status)"
                guard [408, 429, 500, 502, 503, 504].contains(response.status), attempt < Self.attempts else {
                    throw OriginError(response.status == 404 ? "\(words); does this api have a history?" : words)
                }
            } catch let error as HTTPError {
                guard [.network, .timeout].contains(error.code), attempt < Self.attempts else {
                    throw OriginError("\(name)/\(path): \(error)")
                }
            }
            try await Task.sleep(for: backoff.next() + .milliseconds(200))
        }
        throw OriginError("\(name)/\(path)")
    }

    /// Parses the response of `GET /history`; skips damaged blocks, and names that this build does not know.
    static func blocks(_ text: [UInt8]) throws -> [OfferedBlock] {
        let span = text.span
        var reader = JSONReader()
        var blocks: [OfferedBlock]?
        guard try reader.next(in: span).kind == .beginObject else { throw OriginError("it is no JSON object") }
        while case let name = try reader.next(in: span), name.kind != .endObject {
            let value = try reader.next(in: span)
            guard String(decoding: text[name.range], as: UTF8.self) == "\"blocks\"", value.kind == .beginArray else {
                try reader.skipRest(of: value, in: span)
                continue
            }
            var offered: [OfferedBlock] = []
            while case let element = try reader.next(in: span), element.kind != .endArray {
                try reader.skipRest(of: element, in: span)
                let range = element.range.lowerBound..<reader.position
                if let block = try block(Array(text[range])) { offered.append(block) }
            }
            blocks = offered
        }
        _ = try reader.next(in: span)
        guard let blocks else { throw OriginError("it has no member \"blocks\"") }
        return blocks
    }

    private static func block(_ object: [UInt8]) throws -> OfferedBlock? {
        var (name, sha256): (String?, String?)
        // A damaged block has no member `bytes`.
        var size: Int??
        for member in try JSONMembers.of(object, named: ["block", "bytes", "sha256"]) {
            switch (member.name, member.value) {
            case ("block", .string(let text)): name = text
            case ("bytes", .number(let text)): size = .some(Int(text))
            case ("sha256", .string(let text)): sha256 = text
            default: break
            }
        }
        let isSize = size.map { $0.map((0...largest).contains) ?? false } ?? true
        guard let name, isSize, sha256.map({ $0.utf8.count == 64 }) ?? true else {
            throw OriginError("a block has no name, or a size or SHA-256 that is none")
        }
        // The api itself cannot read this block.
        guard let size = size ?? nil else { return nil }
        return BlockName(name).map { OfferedBlock(name: $0, size: size, sha256: sha256) }
    }
}
