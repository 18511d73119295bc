import Basics
import Synchronization

/// The header field `Date`, which is made once a second.
final class DateField: Sendable {
    private struct State {
        var second = Int64.min
        var text = ""
    }

    private let state = Mutex(State())

    func text(_ now: Timestamp) -> String {
        let second = now.milliseconds / 1000
        return state.withLock { state in
            if state.second != second { state = State(second: second, text: now.httpDate) }
            return state.text
        }
    }
}
