import Basics
import ServiceLifecycle
import Synchronization
import Tape

/// The newest minute of a stream that has rows or a list, as last seen; its age continues to grow while Redis is away.
final class StreamFreshness: Service {
    private let newest = Mutex<Minute?>(nil)
    private let clock: TapeClock
    private let read: @Sendable () async throws -> Minute?

    /// In real time, whatever the clock's speed, because it is for scrapers.
    private static let period: Duration = .seconds(5)

    /// `read` returns the newest such minute; nil if there is none.
    init(clock: TapeClock, read: @escaping @Sendable () async throws -> Minute?) {
        self.clock = clock
        self.read = read
    }

    var age: Duration? {
        newest.withLock(\.self).map { clock.now - $0.start }
    }

    func run() async {
        await cancelWhenGracefulShutdown { await self.poll() }
    }

    /// Checks periodically until cancelled; failures are reported by the users of the stream.
    private func poll() async {
        repeat {
            if let minute = try? await read() { newest.withLock { $0 = minute } }
        } while (try? await Task.sleep(for: Self.period)) != nil
    }
}
