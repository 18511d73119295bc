import Basics
import Tape

extension TapeClock {
    /// A duration of the tape as headers have it: whole seconds on the wall, rounded up.
    ///
    /// Caches count in real time, also where the tape runs in fast motion.
    func headerSeconds(_ duration: Duration) -> Int64 {
        let (seconds, attoseconds) = wall(duration).components
        return max(0, attoseconds > 0 ? seconds + 1 : seconds)
    }

    /// The same, at least 1: for `max-age` and `Retry-After`.
    func positiveHeaderSeconds(_ duration: Duration) -> Int64 {
        max(1, headerSeconds(duration))
    }
}
