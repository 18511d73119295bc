/// The keys of log metadata: chosen once, so that a search for one finds every line that has it.
package enum LogKey {
    package static let attempt = "attempt"
    package static let bytes = "response.bytes"
    package static let column = "column"
    package static let count = "rows.count"
    package static let detail = "detail"
    package static let duration = "duration_ms"
    package static let entry = "entry.id"
    package static let error = "error"
    package static let event = "event"
    package static let gap = "gap"
    package static let host = "http.host"
    package static let level = "level"
    package static let lost = "lines.lost"
    package static let minute = "minute"
    package static let outcome = "outcome"
    package static let page = "page"
    package static let pages = "pages"
    package static let path = "file.path"
    package static let port = "port"
    package static let process = "process.id"
    package static let redis = "redis"
    package static let remedy = "remedy"
    package static let source = "source"
    package static let status = "http.status"
    package static let stream = "stream"
    package static let time = "time"
    package static let wait = "wait_ms"
    package static let worker = "worker"

    /// The keys that every line begins with.
    static let head = [time, level, worker, event]
}
