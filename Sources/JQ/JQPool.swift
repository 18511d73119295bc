import Foundation
import Synchronization

/// A few processes that run the filters of one feed, so that a runaway filter can be killed without affecting others.
///
/// Processes start on demand, and compile each program once. They end with `shutdown`, or when this process ends for any reason.
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

    /// Starts no process yet; at most `processes` run at a time.
    package init(
        _ command: JQCommand, bounds: JQBounds,
        processes most: Int = max(1, min(4, ProcessInfo.processInfo.activeProcessorCount))
    ) {
        self.command = command
        self.bounds = bounds
        self.most = most
    }

    /// Returns an intake for a text that arrives in pieces.
    package func intake() -> JQIntake { JQIntake(self) }

    /// Like `JQIntake.read`, for a complete text.
    package func read<Result: Sendable>(
        _ bytes: [UInt8], within limit: Duration = .seconds(60),
        _ body: (JQReader) async throws(JQError) -> Result
    ) async throws(JQError) -> Result {
        let intake = intake()
        intake.feed(bytes)
        return try await intake.read(within: limit, body)
    }

    /// Callers that already wait for a process still get one.
    package func shutdown() {
        let free = state.withLock { state in
            state.isStopped = true
            defer { state.free = [] }
            return state.free
        }
        for child in free { end(child) }
    }

    /// The ids of the running processes.
    package var processes: [Int32] { state.withLock(\.all).compactMap(\.process) }

    /// An idle child; nil if there is none, or others wait for one.
    func takeFree() -> JQChild? {
        state.withLock { state in
            state.isStopped || !state.waiting.isEmpty ? nil : self.free(&state)
        }
    }

    /// The next child that becomes idle, first come first served.
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

    /// Takes a child back once its thread has finished with the document.
    func giveBack(_ child: JQChild) {
        child.post(
            .release { [self] in
                let isDone = state.withLock { state in
                    while !state.waiting.isEmpty {
                        // Some callers have given up in the meantime.
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
