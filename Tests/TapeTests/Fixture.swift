import Basics
import Foundation
import Logging
import Redis
import Synchronization
import TestSupport

@testable import Tape

/// A stream on a Redis of its own, and whatever settles it.
struct Fixture {
    let redis: TestRedis
    let client: RedisClient
    let clock = TapeClock()

    init() async throws {
        redis = try await TestRedis()
        client = redis.client()
    }

    var reader: StreamReader { StreamReader(key: "price", redis: client, clock: clock) }

    /// A minute that is over, some minutes ago.
    func minute(_ ago: Int) -> Minute {
        Minute(containing: Timestamp.machineTime).advanced(byMinutes: -ago)
    }

    func publisher(
        source: String = "price", kind: DataKind? = nil, retain: Duration? = .seconds(3600)
    ) -> Publisher {
        Publisher(key: "price", source: source, kind: kind, retain: retain, redis: client, clock: clock)
    }

    /// A replica with a connection of its own.
    func settler(
        _ name: String = "price", user: String? = nil, password: String? = nil, givesUp: Bool = true,
        said: Said = Said()
    ) -> Settler {
        let endpoint = RedisEndpoint(address: redis.endpoint.address, user: user, password: password)
        return Settler(
            stream: "price", source: "price", retain: .seconds(3600), givesUp: givesUp, keys: TapeKeys(),
            identity: WorkerIdentity(name: name, kind: "fetch"), redis: redis.client(endpoint), clock: clock,
            logger: said.logger)
    }

    func rows(_ text: String, _ minute: Minute) -> EntryDraft {
        .rows(Array(text.utf8), count: 1, minute: minute, fetchedAt: clock.now)
    }
}

final class Counter: Sendable {
    private let value = Mutex(0)

    var count: Int { value.withLock(\.self) }

    func add() { value.withLock { $0 += 1 } }
}
