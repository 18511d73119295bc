import NIOCore

/// Serves what clients have sent ahead: one request of each connection in turn, and between them all else that the event
/// loop has to do.
///
/// A client may send thousands of requests at a time. Were they answered as fast as its socket takes the answers, all others
/// would wait for that. Belongs to the loop.
final class TurnQueue {
    private let loop: any EventLoop
    private var waiting = CircularBuffer<() -> Void>()
    private var isScheduled = false

    /// For how long turns are taken before others are served.
    private static let share = TimeAmount.microseconds(500)
    /// Tasks that a loop is to run at once come before what its sockets have: only a later one lets them.
    private static let pause = TimeAmount.microseconds(100)

    init(_ loop: any EventLoop) {
        self.loop = loop
    }

    /// Has the turn taken behind those that wait already.
    func add(_ turn: @escaping () -> Void) {
        waiting.append(turn)
        schedule()
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
