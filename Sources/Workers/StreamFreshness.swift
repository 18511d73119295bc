import Basics
import ServiceLifecycle
import Synchronization
import Tape

/// The newest minute of a stream that has rows, or a list, as it was last seen: its age goes on growing without Redis.
final class StreamFreshness: Service {
    private let newest = Mutex<Minute?>(nil)
    private let clock: TapeClock
    private let read: @Sendable () async throws -> Minute?

    /// Real time, whatever the clock's speed: it is for scrapers.
    private static let period: Duration = .seconds(5)

    /// `read` tells the newest such minute; nil when there is none.
    init(clock: TapeClock, read: @escaping @Sendable () async throws -> Minute?) {
        self.clock = clock
        self.read = read
    }

    var age: Duration? {
        newest.withLock(\.self).map { clock.now - $0.start }
    }

    func run() async {
        await cancelWhenGracefulShutdown { await self.look() }
    }

    /// Looks now and then, until cancelled; what goes wrong is told by those who work with the stream.
    private func look() async {
        repeat {
            if let minute = try? await read() { newest.withLock { $0 = minute } }
        } while (try? await Task.sleep(for: Self.period)) != nil
    }
}
