import Basics
import Tape

extension TapeClock {
    /// A duration of the tape for a header: whole seconds of real time, rounded up.
    ///
    /// Caches count in real time, even if the tape's clock runs faster.
    func headerSeconds(_ duration: Duration) -> Int64 {
        let (seconds, attoseconds) = wall(duration).components
        return max(0, attoseconds > 0 ? seconds + 1 : seconds)
    }

    /// The same, at least 1: for `max-age` and `Retry-After`.
    func positiveHeaderSeconds(_ duration: Duration) -> Int64 {
        max(1, headerSeconds(duration))
    }
}
