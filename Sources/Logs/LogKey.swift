/// The keys of log metadata: constants, so that a search for one finds all lines with it.
package enum LogKey {
    /// The number of the retry of a page, from 1.
    package static let attempt = "attempt"
    /// The number of rows or orders in the step.
    package static let count = "rows.count"
    package static let detail = "detail"
    /// In milliseconds.
    package static let duration = "duration_ms"
    /// The id of an entry in a stream of Redis, of the tape or of the ledger.
    package static let entry = "entry.id"
    /// An error in words; added automatically to a line that is logged with an error.
    package static let error = "error"
    package static let event = "event"
    /// The code of a gap, as in its entry.
    package static let gap = "gap"
    /// The host that is listened on, or that a feed contacts.
    package static let host = "http.host"
    package static let level = "level"
    /// How many lines were lost before this one.
    package static let lost = "lines.lost"
    /// The minute that the line is about, not the one in which it was written.
    package static let minute = "minute"
    package static let outcome = "outcome"
    package static let pages = "pages"
    /// A file; in lines about lost lines also `console`.
    package static let path = "file.path"
    package static let port = "port"
    /// The URL of a proxy without its user and password, or `none`.
    package static let proxy = "proxy"
    /// The endpoint of the Redis that the line is about.
    package static let redis = "redis"
    /// What a person can type to examine or repair the problem.
    package static let remedy = "remedy"
    /// The address of a Sentinel.
    package static let sentinel = "sentinel"
    /// A store of blocks, by its URL.
    package static let store = "store"
    package static let stream = "stream"
    package static let time = "time"
    /// The time until the next attempt, in milliseconds.
    package static let wait = "wait_ms"
    package static let worker = "worker"

    /// The keys at the start of every line.
    static let head = [time, level, worker, event]
}
