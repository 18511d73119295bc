import Basics
import Synchronization

/// The header field `Date`, which is built once per second.
enum DateField {
    private struct State {
        var second = Int64.min
        var text = ""
    }

    private static let state = Mutex(State())

    static var now: String {
        let now = Timestamp.machineTime
        let second = now.milliseconds / 1000
        return state.withLock { state in
            if state.second != second { state = State(second: second, text: now.httpDate) }
            return state.text
        }
    }
}
