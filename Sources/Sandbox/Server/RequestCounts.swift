import Basics
import JSON
import Synchronization

/// How often each provider was called in each minute, so that tests can count calls.
final class RequestCounts: Sendable {
    private struct Row: Sendable {
        let provider: Provider
        let minute: Minute
        var requests: Int
    }

    private let capacity: Int
    private let rows = Mutex<[Row]>([])

    /// Beyond the capacity, the oldest rows are dropped.
    init(capacity: Int = 1000) {
        self.capacity = capacity
    }

    /// Returns the call's number among the provider's calls in this minute, from one.
    func add(_ provider: Provider, _ minute: Minute) -> Int {
        rows.withLock { rows in
            if let index = rows.lastIndex(where: { $0.provider == provider && $0.minute == minute }) {
                rows[index].requests += 1
                return rows[index].requests
            }
            if rows.count == capacity { rows.removeFirst() }
            rows.append(Row(provider: provider, minute: minute, requests: 1))
            return 1
        }
    }

    /// A JSON array, oldest row first.
    var json: [UInt8] {
        JSONWriter.array { writer in
            for row in rows.withLock(\.self) {
                writer.object {
                    $0.member("provider", row.provider.rawValue)
                    $0.member("minute", "\(row.minute)")
                    $0.member("requests", row.requests)
                }
            }
        }
    }
}
