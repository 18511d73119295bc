import Basics

/// Which requests a recorded call answers: same method, path, parameters in any order, and body, where `***` is any text.
package struct CallPattern: Hashable, Sendable {
    private struct Pair: Hashable {
        let name: String
        let value: String
    }

    private let method: String
    package let host: String
    private let path: String
    private let query: [Pair]
    private let form: [Pair]?
    private let body: String

    /// nil if the call's URL is none.
    package init?(_ call: RecordedCall) {
        guard let url = URLParts(call.url) else { return nil }
        self.init(method: call.method, host: url.host, path: url.path, query: url.query ?? "", body: call.body ?? "")
    }

    /// A request that arrived; `host` is empty if it names none.
    package init(method: String, host: String, path: String, query: String, body: String) {
        self.method = method
        self.host = host
        self.path = PercentEncoding.decode(path.isEmpty ? "/" : path) ?? path
        self.query = Self.pairs(query)
        // JSON has no pairs, and is compared as text.
        form = body.contains("=") && !body.hasPrefix("{") && !body.hasPrefix("[") ? Self.pairs(body) : nil
        self.body = body
    }

    /// How many texts it leaves open.
    package var wildcards: Int {
        ([path, body] + query.map(\.value)).reduce(0) { $0 + $1.ranges(of: RecordedCall.wildcard).count }
    }

    /// Whether it matches a request; a request without a host is matched by those of any host.
    package func matches(_ request: CallPattern) -> Bool {
        guard method == request.method, request.host.isEmpty || host == request.host,
            Self.matches(path, request.path), Self.match(query, request.query)
        else { return false }
        guard let form, let other = request.form else { return Self.matches(body, request.body) }
        return Self.match(form, other)
    }

    /// For messages: `GET /v1/coins?limit=10`.
    package var description: String {
        "\(method) \(path)" + (query.isEmpty ? "" : "?" + query.map { "\($0.name)=\($0.value)" }.joined(separator: "&"))
    }

    private static func pairs(_ text: String) -> [Pair] {
        text.split(separator: "&").map { pair in
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map {
                PercentEncoding.decode($0, plusIsSpace: true) ?? String($0)
            }
            return Pair(name: sides[0], value: sides.count > 1 ? sides[1] : "")
        }.sorted { $0.name < $1.name }
    }

    /// The values of a repeated name are compared in their order.
    private static func match(_ patterns: [Pair], _ pairs: [Pair]) -> Bool {
        patterns.count == pairs.count
            && zip(patterns, pairs).allSatisfy { $0.name == $1.name && matches($0.value, $1.value) }
    }

    private static func matches(_ pattern: String, _ text: String) -> Bool {
        let parts = pattern.split(separator: RecordedCall.wildcard, omittingEmptySubsequences: false)
        guard parts.count > 1 else { return pattern == text }
        guard let first = parts.first, let last = parts.last, text.hasPrefix(first), text.hasSuffix(last),
            text.count >= first.count + last.count
        else { return false }
        var rest = text.dropFirst(first.count).dropLast(last.count)
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            guard let found = rest.firstRange(of: part) else { return false }
            rest = rest[found.upperBound...]
        }
        return true
    }
}
