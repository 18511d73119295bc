import Synchronization

/// A result that is set once and awaited by one task.
final class JQAnswer<Value: Sendable>: Sendable {
    typealias Outcome = Result<Value, JQError>

    private enum State {
        case open
        case awaited(CheckedContinuation<Outcome, Never>)
        case given(Outcome)
        case taken
    }

    private let state = Mutex(State.open)

    /// Sets the result; returns false and drops it if there already is one.
    @discardableResult
    func give(_ outcome: Outcome) -> Bool {
        let (isFirst, waiter): (Bool, CheckedContinuation<Outcome, Never>?) = state.withLock { state in
            switch state {
            case .open:
                state = .given(outcome)
                return (true, nil)
            case .awaited(let continuation):
                state = .taken
                return (true, continuation)
            case .given, .taken: return (false, nil)
            }
        }
        waiter?.resume(returning: outcome)
        return isFirst
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
