import Tape

/// Why a minute gets no rows; it becomes a gap.
struct FetchFailure: Error, Equatable, Sendable {
    let code: Gap.Code
    let detail: String
    /// How long the provider asked not to be called.
    let wait: Duration?
    /// Of the response that is the failure, if it is one.
    let status: Int?

    init(_ code: Gap.Code, _ detail: String, wait: Duration? = nil, status: Int? = nil) {
        self.code = code
        self.detail = detail
        self.wait = wait
        self.status = status
    }
}
