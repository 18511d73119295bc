import NIOCore

/// Schedules pipelined requests, and large responses when there are many: one from each connection in turn, with the loop's other
/// work in between.
///
/// A client may send thousands of requests at a time, and thousands of clients may request a whole list at once. If they were
/// served as fast as their sockets allow, all others would have to wait. Only used on the loop.
final class TurnQueue {
    private let loop: any EventLoop
    private var waiting = CircularBuffer<() -> Void>()
    private var isScheduled = false
    /// The time that large responses took that were sent immediately since the loop last checked its sockets.
    private var taken = TimeAmount.zero

    /// How long turns run before other work is done.
    private static let share = TimeAmount.microseconds(500)
    /// Immediate tasks run before socket events; a delayed task lets the loop read its sockets first.
    private static let pause = TimeAmount.microseconds(100)

    init(_ loop: any EventLoop) {
        self.loop = loop
    }

    /// Adds a turn at the end of the queue.
    func add(_ turn: @escaping () -> Void) {
        waiting.append(turn)
        schedule()
    }

    /// Whether a large response may be sent immediately: others have taken little time since the loop last checked its sockets.
    var hasRoom: Bool { taken < Self.share }

    /// Records the time that a large response took that was sent immediately.
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
