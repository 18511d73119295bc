import Basics
import HTTPServer
import NIOCore
import TopLists

/// Responses with a list that were sent a moment ago, whole: many clients ask the same in one second.
///
/// A response is kept until its date or its age may be another second's; the last used ones make others leave. Belongs to an
/// event loop.
struct KeptResponses {
    /// All that a response is made of but the time.
    struct Key: Hashable {
        private let list: ObjectIdentifier
        private let limit: Int
        private let format: ListFormat
        private let coding: ContentCoding
        private let names: ListQuery.Names
        /// Whether the minute that was asked for is the list's own.
        private let isExact: Bool
        var isNotModified = false

        init(_ list: ListDescription, _ query: ListQuery, _ coding: ContentCoding) {
            self.list = ObjectIdentifier(list)
            limit = query.limit
            format = query.format
            self.coding = coding
            names = query.names
            isExact = query.datetime == .absolute(list.minute)
        }

        /// Of what differs most: hashing is much of what finding one costs.
        func hash(into hasher: inout Hasher) {
            hasher.combine(list)
            hasher.combine(limit)
        }
    }

    private struct Kept {
        let response: Response
        /// Kept so that no other list has its identity.
        let list: ListDescription
        let until: NIODeadline
    }

    private var responses: LRUCache<Key, Kept>

    /// What one costs beside its bytes.
    private static let overhead = 300

    /// In bytes of memory that would be freed without them.
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

    /// A large response is not kept: it would hold all of its list in memory, and is made of it without a copy.
    mutating func keep(_ response: Response, _ key: Key, of list: ListDescription, until: NIODeadline) {
        guard !response.isLarge else { return }
        responses.keep(
            Kept(response: response, list: list, until: until), for: key, cost: response.size + Self.overhead)
    }

    /// How long a date and a list's age, on the wall, surely stay the same in whole seconds: a date is rounded down, an age up.
    static func lifetime(date: Timestamp, age: Duration) -> TimeAmount {
        func left(_ milliseconds: Int64) -> Int64 {
            let gone = max(0, milliseconds) % 1000
            return gone == 0 ? 0 : 999 - gone
        }
        return .milliseconds(min(left(date.milliseconds), left(age.milliseconds)))
    }
}
