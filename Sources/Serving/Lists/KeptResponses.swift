import Basics
import HTTPServer
import NIOCore
import TopLists

/// Caches complete list responses for a moment, because many clients make the same request within a second.
///
/// A response is kept until its date or age may change by a second; the least recently used ones are dropped. Only used on one
/// event loop.
struct KeptResponses {
    /// Everything that determines a response except the time.
    struct Key: Hashable {
        private let list: ObjectIdentifier
        private let limit: Int
        private let format: ListFormat
        private let coding: ContentCoding
        private let names: ListQuery.Names
        /// Whether the requested minute is the list's own.
        private let isExact: Bool
        /// Because it bounds for how long caches may keep the response.
        private let maxAge: Duration?
        var isNotModified = false

        init(_ list: ListDescription, _ query: ListQuery, _ coding: ContentCoding) {
            self.list = ObjectIdentifier(list)
            limit = query.limit
            format = query.format
            self.coding = coding
            names = query.names
            isExact = query.datetime == .absolute(list.minute)
            maxAge = query.maxAge
        }

        /// Only hashes what differs most, because hashing is much of the cost of a lookup.
        func hash(into hasher: inout Hasher) {
            hasher.combine(list)
            hasher.combine(limit)
        }
    }

    private struct Kept {
        let response: Response
        /// Retained so that its object identity is not reused.
        let list: ListDescription
        let until: NIODeadline
    }

    private var responses: LRUCache<Key, Kept>

    /// The cost of an entry in addition to its bytes.
    private static let overhead = 300

    /// The capacity is in bytes of memory, including overhead.
    init(capacity: Int) {
        responses = LRUCache(capacity: capacity)
    }

    mutating func response(_ key: Key) -> Response? {
        guard let kept = responses.use(key) else { return nil }
        guard kept.until > .now() else {
            responses.remove(key)
            return nil
        }
        return kept.response
    }

    /// A large response is not kept: it would keep its whole list in memory, and is built from the list without a copy anyway.
    mutating func keep(_ response: Response, _ key: Key, of list: ListDescription, until: NIODeadline) {
        guard !response.isLarge else { return }
        responses.keep(
            Kept(response: response, list: list, until: until), for: key, cost: response.size + Self.overhead)
    }

    /// For how long the whole seconds of a date and of a list's age stay the same in real time: a date is rounded down, an age
    /// up.
    static func lifetime(date: Timestamp, age: Duration) -> TimeAmount {
        func left(_ milliseconds: Int64) -> Int64 {
            let gone = max(0, milliseconds) % 1000
            return gone == 0 ? 0 : 999 - gone
        }
        return .milliseconds(min(left(date.milliseconds), left(age.milliseconds)))
    }
}
