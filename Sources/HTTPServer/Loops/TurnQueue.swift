import NIOCore

/// Serves what clients have sent ahead, and large answers when there are many: one of each connection in turn, and between
/// them all else that the event loop has to do.
///
/// A client may send thousands of requests at a time, and thousands of clients may ask for all of a list at once. Were they
/// answered as fast as their sockets take the answers, all others would wait for that. Belongs to the loop.
final class TurnQueue {
    private let loop: any EventLoop
    private var waiting = CircularBuffer<() -> Void>()
    private var isScheduled = false
    /// What large answers took that were sent at once since the loop last looked at its sockets.
    private var taken = TimeAmount.zero

    /// For how long turns are taken before others are served.
    private static let share = TimeAmount.microseconds(500)
    /// Immediate tasks run before socket events; a delayed task lets the loop read its sockets first.
    private static let pause = TimeAmount.microseconds(100)

    init(_ loop: any EventLoop) {
        self.loop = loop
    }

    /// Has the turn taken behind those that wait already.
    func add(_ turn: @escaping () -> Void) {
        waiting.append(turn)
        schedule()
    }

    /// Whether a large answer may be sent at once: others have not taken long since the loop last looked at its sockets.
    var hasRoom: Bool { taken < Self.share }

    /// A large answer was sent at once, and took so long.
    func took(_ time: TimeAmount) {
        if taken == .zero { loop.assumeIsolated().execute { [self] in taken = .zero } }
        taken = taken + max(time, .nanoseconds(1))
    }

    private func schedule() {
        guard !isScheduled else { return }
        isScheduled = true
        loop.assumeIsolated().scheduleTask(in: Self.pause) { [self] () -> Void in run() }
    }

    private func run() {
        isScheduled = false
        let end = NIODeadline.now() + Self.share
        repeat { waiting.popFirst()?() } while !waiting.isEmpty && NIODeadline.now() < end
        if !waiting.isEmpty { schedule() }
    }
}
