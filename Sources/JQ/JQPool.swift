import Foundation
import Synchronization

/// A few processes that run the filters of one feed, so that what runs away can be ended, and costs nobody else.
///
/// They are started when they are needed, and compile a program once. They end with `shutdown`, and with this process
/// however it ends.
package final class JQPool: Sendable {
    private struct State {
        var free: [JQChild] = []
        var all: [JQChild] = []
        var waiting: [JQAnswer<JQChild>] = []
        var isStopped = false
    }

    private let command: JQCommand
    private let bounds: JQBounds
    private let most: Int
    private let state = Mutex(State())

    static let isShutDown = JQError("the filters are shut down", .interrupted)

    /// Starts no process yet; later at most `processes` exist at a time.
    package init(
        _ command: JQCommand, bounds: JQBounds,
        processes most: Int = max(1, min(4, ProcessInfo.processInfo.activeProcessorCount))
    ) {
        self.command = command
        self.bounds = bounds
        self.most = most
    }

    /// For a text that comes in pieces.
    package func intake() -> JQIntake { JQIntake(self) }

    /// As `JQIntake.read`, for a text that is there as a whole.
    package func read<Result: Sendable>(
        _ bytes: [UInt8], within limit: Duration = .seconds(60),
        _ body: (JQReader) async throws(JQError) -> Result
    ) async throws(JQError) -> Result {
        let intake = intake()
        intake.feed(bytes)
        return try await intake.read(within: limit, body)
    }

    /// Who waits for a process still gets one.
    package func shutdown() {
        let free = state.withLock { state in
            state.isStopped = true
            defer { state.free = [] }
            return state.free
        }
        for child in free { end(child) }
    }

    /// The ids of the processes that there are.
    package var processes: [Int32] { state.withLock(\.all).compactMap(\.process) }

    /// A child that has nothing to do; nil when there is none, or somebody waits for it.
    func takeFree() -> JQChild? {
        state.withLock { state in
            state.isStopped || !state.waiting.isEmpty ? nil : self.free(&state)
        }
    }

    /// The next child that has nothing to do, first come first served.
    func take() -> JQAnswer<JQChild> {
        let answer = JQAnswer<JQChild>()
        state.withLock { state in
            if state.isStopped {
                answer.give(.failure(Self.isShutDown))
            } else if let child = free(&state) {
                answer.give(.success(child))
            } else {
                state.waiting.append(answer)
            }
        }
        return answer
    }

    private func free(_ state: inout State) -> JQChild? {
        if let child = state.free.popLast() { return child }
        guard state.all.count < most else { return nil }
        let child = JQChild(command, bounds)
        state.all.append(child)
        return child
    }

    /// Takes a child back when its thread has cleared up behind the document.
    func giveBack(_ child: JQChild) {
        child.post(
            .release { [self] in
                let isDone = state.withLock { state in
                    while !state.waiting.isEmpty {
                        // Some have given up meanwhile.
                        if state.waiting.removeFirst().give(.success(child)) { return false }
                    }
                    if !state.isStopped { state.free.append(child) }
                    return state.isStopped
                }
                if isDone { end(child) }
            })
    }

    private func end(_ child: JQChild) {
        child.post(.end)
        state.withLock { state in state.all.removeAll { $0 === child } }
    }
}
