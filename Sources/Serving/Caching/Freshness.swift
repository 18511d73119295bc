import Basics
import Tape

/// How long caches may keep a list (RFC 9111).
enum Freshness: Equatable {
    /// A list that another one will follow under the same URL; `age` is in seconds.
    ///
    /// `remaining` is for how many seconds it is still fresh: `maxAge` minus `age`, rounded down.
    case passing(age: Int64, maxAge: Int64, remaining: Int64)
    /// A past minute's list never changes.
    case immutable(maxAge: Int64)

    /// A minute, plus five seconds in which the next list is made.
    private static let lifetime = Duration.seconds(65)
    private static let year = Duration.seconds(31_536_000)

    /// `atMost` is how old the list may become in a cache, if that is less than a list's usual lifetime.
    static func passing(
        _ minute: Minute, now: Timestamp, clock: TapeClock, atMost: Duration? = nil
    ) -> Freshness {
        let lifetime = min(lifetime, atMost ?? lifetime)
        let age = max(.zero, now - minute.start)
        return .passing(
            age: clock.headerSeconds(age), maxAge: clock.positiveHeaderSeconds(lifetime),
            remaining: max(0, clock.wall(lifetime - age).components.seconds))
    }

    static func immutable(_ clock: TapeClock) -> Freshness {
        .immutable(maxAge: clock.positiveHeaderSeconds(year))
    }

    var cacheControl: String {
        switch self {
        case .passing(_, let maxAge, _): "public, max-age=\(maxAge)"
        case .immutable(let maxAge): "public, max-age=\(maxAge), immutable"
        }
    }
}
