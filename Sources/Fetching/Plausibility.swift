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

    let minute: Minute
    let every: Duration
    /// The newest entry with rows.
    let previous: PublishedRows?
    /// Whether a list without rows is acceptable.
    var allowsEmpty = false
    /// The greatest age of the data; nil if the provider does not say when it is from.
    var maximumAge: Duration?

    /// What is unusual about the list; throws if it must not be published.
    func marks(count: Int, sha256: String, asOf: Timestamp?, fetchedAt: Timestamp) throws(FetchFailure) -> [ListMark] {
        var marks: [ListMark] = []
        if let maximumAge {
            if asOf == nil, count > 0 { marks.append(.undated) }
            if let asOf, fetchedAt - asOf > maximumAge {
                throw FetchFailure(
                    .tooOld, "the data is of \(asOf.rfc3339), and as_of.max_age is \(maximumAge.short)")
            }
        }
        if let asOf, asOf > fetchedAt + Self.ahead { marks.append(.ahead) }
        guard let previous, previous.minute < minute else { return marks }
        if sha256 == previous.sha256 { return marks + [.same] }
        var odds: [(mark: ListMark, reason: String)] = []
        if count * 2 < previous.count, count > 0 || !allowsEmpty {
            odds.append((.shrunk, "\(count) rows, after \(previous.count) at \(previous.minute)"))
        }
        // A list with a date in the future says nothing about the ones after it.
        if let asOf, let last = previous.asOf, last <= previous.minute.start + .seconds(60) + Self.ahead, asOf < last {
            odds.append((.older, "data of \(asOf.rfc3339), after that of \(last.rfc3339) at \(previous.minute)"))
        }
        let isFresh = minute.start - previous.minute.start <= every * Self.patience
        guard odds.isEmpty || !isFresh else {
            let reasons = odds.map(\.reason).joined(separator: "; ")
            throw FetchFailure(
                .badPayload, "\(reasons): refused until it has been so for \(Self.patience) due minutes")
        }
        return marks + odds.map(\.mark)
    }
}

/// What is unusual about a list that is published all the same: the words of the field `mark`.
enum ListMark: String {
    /// It was cut at `request.pages.max`.
    case capped
    /// Its texts have characters that could not be read.
    case damaged
    /// `as_of` found no time.
    case undated
    /// It is dated into the future.
    case ahead
    /// Its rows are those of the list before.
    case same
    /// It has less than half of the rows of the list before, or is older, and that has not changed for long enough.
    case shrunk, older

    /// For people.
    var warning: String {
        switch self {
        case .capped: "the list is cut at request.pages.max, and there is more of it"
        case .damaged: "texts have characters that could not be read: they are U+FFFD in the rows"
        case .undated: "as_of finds no time, so nobody would notice old data"
        case .ahead: "the data is dated into the future"
        case .same: "the rows are those of the list before"
        case .shrunk: "the list has less than half of the rows of the one before"
        case .older: "the data is older than that of the list before"
        }
    }
}
