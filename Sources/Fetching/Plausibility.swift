import Basics
import Tape

/// Whether a list may be published, and marked how, given what the feed published last.
///
/// A list that has lost more than half of its rows, or is older than the last one, is an accident far more often than the
/// truth. It is refused while the last good one is fresh, and believed when it stays so.
struct Plausibility {
    /// How many due minutes a list is refused.
    static let patience = 10
    /// A package from so far in the future has a wrong date.
    private static let ahead: Duration = .seconds(300)

    enum Verdict: Equatable {
        /// With what is odd about it.
        case publish(marks: [String])
        case refuse(String)
    }

    let minute: Minute
    let every: Duration
    /// The newest entry with rows.
    let previous: PublishedRows?
    /// Whether no rows at all are a good answer.
    var allowsEmpty = false

    func verdict(count: Int, sha256: String, asOf: Timestamp?, fetchedAt: Timestamp) -> Verdict {
        var marks: [String] = []
        if let asOf, asOf > fetchedAt + Self.ahead { marks.append("ahead") }
        guard let previous, previous.minute < minute else { return .publish(marks: marks) }
        if sha256 == previous.sha256 { return .publish(marks: marks + ["same"]) }
        var odds: [(mark: String, reason: String)] = []
        if count * 2 < previous.count, count > 0 || !allowsEmpty {
            odds.append(("shrunk", "\(count) rows, after \(previous.count) at \(previous.minute)"))
        }
        // A package that was ahead of its time says nothing about what comes after it.
        if let asOf, let last = previous.asOf, last <= previous.minute.start + .seconds(60) + Self.ahead, asOf < last {
            odds.append(("older", "data of \(asOf.rfc3339), after that of \(last.rfc3339) at \(previous.minute)"))
        }
        let isFresh = minute.start - previous.minute.start <= every * Self.patience
        guard odds.isEmpty || !isFresh else {
            let reasons = odds.map(\.reason).joined(separator: "; ")
            return .refuse("\(reasons): refused until it has been so for \(Self.patience) due minutes")
        }
        return .publish(marks: marks + odds.map(\.mark))
    }
}
