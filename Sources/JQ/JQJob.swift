import Synchronization

/// A piece of work for one thread, which may be given up before or while it is done.
final class JQJob: Sendable {
    private enum State {
        case waiting, running, ended, abandoned
    }

    private let state = Mutex(State.waiting)
    private let body: @Sendable (JQMachines) -> Void

    init(_ body: @escaping @Sendable (JQMachines) -> Void) {
        self.body = body
    }

    /// Does the work unless it was given up; false when it was given up in the middle.
    func run(_ machines: JQMachines) -> Bool {
        let mayRun = state.withLock { state in
            guard state == .waiting else { return false }
            state = .running
            return true
        }
        guard mayRun else { return true }
        body(machines)
        return state.withLock { state in
            defer { if state == .running { state = .ended } }
            return state == .running
        }
    }

    /// Gives the work up; true when a thread is in the middle of it.
    func abandon() -> Bool {
        state.withLock { state in
            defer { if state != .ended { state = .abandoned } }
            return state == .running
        }
    }
}

/// A result that is given once, by whoever is first, and awaited by one task.
final class JQAnswer<Value: Sendable>: Sendable {
    typealias Outcome = Result<Value, JQError>

    private enum State {
        case open
        case awaited(CheckedContinuation<Outcome, Never>)
        case given(Outcome)
        case taken
    }

    private let state = Mutex(State.open)

    /// Later results are dropped.
    func give(_ outcome: Outcome) {
        let waiter: CheckedContinuation<Outcome, Never>? = state.withLock { state in
            switch state {
            case .open:
                state = .given(outcome)
                return nil
            case .awaited(let continuation):
                state = .taken
                return continuation
            case .given, .taken: return nil
            }
        }
        waiter?.resume(returning: outcome)
    }

    var value: Outcome {
        get async {
            await withCheckedContinuation { continuation in
                let outcome: Outcome? = state.withLock { state in
                    guard case .given(let outcome) = state else {
                        state = .awaited(continuation)
                        return nil
                    }
                    state = .taken
                    return outcome
                }
                if let outcome { continuation.resume(returning: outcome) }
            }
        }
    }
}
