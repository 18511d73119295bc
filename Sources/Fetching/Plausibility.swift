import Basics
import Tape

/// Decides whether a list may be published, and with which marks, compared with what the feed published last.
///
/// A list that lost more than half of its rows, or is older than the last one, is nearly always a fault. It is refused while the
/// last good one is fresh, and accepted if that does not change.
struct Plausibility {
    /// For how many due minutes a doubtful list is refused.
    static let patience = 10
    /// A list that is dated further into the future than this has a wrong date.
    private static let ahead: Duration = .seconds(300)

    enum Verdict: Equatable {
        /// Publish it, with marks for what is unusual.
        case publish(marks: [String])
        case refuse(String)
    }

    let minute: Minute
    let every: Duration
    /// The newest entry with rows.
    let previous: PublishedRows?
    /// Whether a list without rows is acceptable.
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
        // A list with a date in the future says nothing about the ones after it.
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
