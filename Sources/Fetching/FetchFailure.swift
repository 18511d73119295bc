import Tape

/// Why a minute has no rows, before it is a gap.
struct FetchFailure: Error, Equatable, Sendable {
    let code: Gap.Code
    let detail: String
    /// How long the provider asks to be left alone.
    let wait: Duration?

    init(_ code: Gap.Code, _ detail: String, wait: Duration? = nil) {
        self.code = code
        self.detail = detail
        self.wait = wait
    }
}
