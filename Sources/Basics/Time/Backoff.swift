/// Exponential backoff with full jitter: each wait is uniform between zero and a ceiling that doubles up to `maximum`.
package struct Backoff: Sendable {
    private let base: Duration
    private let maximum: Duration
    private var attempt = 0

    /// The ceiling of the first wait is `base`; no ceiling is above `maximum`.
    package init(base: Duration = .milliseconds(50), maximum: Duration = .seconds(5)) {
        self.base = base
        self.maximum = maximum
    }

    /// The next wait.
    ///
    /// `random` is uniform in 0..<1.
    package mutating func next(random: Double = .random(in: 0..<1)) -> Duration {
        let ceiling = min(maximum, base * (1 << min(attempt, 20)))
        attempt += 1
        return ceiling * random
    }

    /// Whether nothing has failed since the last success.
    package var isFresh: Bool { attempt == 0 }

    /// Starts again with a short wait, after a success.
    package mutating func reset() {
        attempt = 0
    }
}
