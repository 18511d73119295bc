import Basics
import CurlHTTP
import JQ
import JSON
import Logs
import Tape

/// The result of one attempt to get a page.
enum AttemptResult: Sendable {
    case page(PageFilters.Page)
    /// Try again, no sooner than the failure's `wait` if the provider stated one.
    case retry(FetchFailure)
    case stop(FetchFailure)

    /// Throws if the request was cancelled on our side, which says nothing about the provider.
    static func of(_ error: HTTPError) throws(CancellationError) -> AttemptResult {
        switch error.code {
        case .cancelled: throw CancellationError()
        case .timeout, .network: return .retry(FetchFailure(.upstream, error.message))
        case .bodyTooLarge: return .stop(FetchFailure(.badPayload, error.message))
        case .redirectRefused, .invalidRequest: return .stop(FetchFailure(.stopped, error.message))
        }
    }

    /// The same with secrets masked in what it tells: a provider's message or a filter's error may quote them.
    func redacted(by redactor: Redactor) -> AttemptResult {
        func masked(_ failure: FetchFailure) -> FetchFailure {
            FetchFailure(failure.code, redactor(failure.detail), wait: failure.wait, status: failure.status)
        }
        switch self {
        case .page: return self
        case .retry(let failure): return .retry(masked(failure))
        case .stop(let failure): return .stop(masked(failure))
        }
    }

    /// The body takes precedence over the status: providers send errors with 200, and a 429 for different causes.
    ///
    /// Text from a body is redacted before it is cut and escaped, because a secret would not be recognized afterwards.
    static func of(
        _ response: HTTPResponse, _ reading: Result<PageFilters.Reading, JQError>, now: Timestamp,
        redactor: Redactor = Redactor()
    ) -> AttemptResult {
        let text = redactor(String(decoding: response.body.prefix(10_000), as: UTF8.self))
        let beginning = JSONString.quoted(String(text.prefix(120)))
        let isSuccess = (200..<300).contains(response.status)
        let place = "HTTP \(response.status)"
        let wait = response.retryAfter(now: now)
        switch reading {
        case .success(.page(var page)):
            page.usedUpFor = response.usedUpFor(now: now)
            // A cache tells how long ago it got the response (RFC 9111, section 5.1).
            let age = response.header("age").flatMap { Int64($0) }.map { min(max(0, $0), 1 << 31) } ?? 0
            page.sent = response.header("date").flatMap { Timestamp(httpDate: $0, now: now) }.map { $0 + .seconds(age) }
            page.isDamaged =
                page.rows.hasReplacementCharacter && String(validating: response.body, as: UTF8.self) == nil
            return .page(page)
        case .success(.failure(let verdict?)):
            let mayRetry = verdict.mayRetry && !isRefusal(response.status)
            // The header is about this response, and the verdict about all responses of its kind.
            let wait = wait.flatMap { $0 > .zero ? $0 : nil } ?? verdict.wait
            let message = verdict.message.isEmpty ? beginning : verdict.message
            let failure = FetchFailure(
                mayRetry ? .upstream : .stopped, "\(place): \(message)", wait: wait, status: response.status)
            return mayRetry ? .retry(failure) : .stop(failure)
        case .failure(let error) where isSuccess && (error.kind == .runaway || error.kind == .failed):
            // Asking again mends no filter, and costs as much as the first time.
            return .stop(FetchFailure(.badPayload, "\(error); the page begins \(beginning)"))
        case .failure(let error) where isSuccess:
            // A proxy's page with status 200, or a truncated body: the next attempt may get the real one.
            let body = response.body.isEmpty ? "the body is empty" : "\(error); it begins \(beginning)"
            return .retry(FetchFailure(.badPayload, body, wait: wait))
        case .success(.failure), .failure:
            let detail = response.body.isEmpty ? "\(place), empty body" : "\(place): \(beginning)\(Self.aside(reading))"
            return isRetryable(response.status)
                ? .retry(FetchFailure(.upstream, detail, wait: wait))
                : .stop(FetchFailure(.stopped, detail, wait: wait, status: response.status))
        }
    }

    /// The failure of the filter that should have read an error, unless it simply found none.
    private static func aside(_ reading: Result<PageFilters.Reading, JQError>) -> String {
        guard case .failure(let error) = reading, error.kind != .malformed else { return "" }
        return "; \(error)"
    }

    /// A rejected request would be rejected again; but 408, 425 and 429 mean to try later.
    private static func isRetryable(_ status: Int) -> Bool {
        !(300..<500).contains(status) || [408, 425, 429].contains(status)
    }

    /// Whether the provider rejects the key.
    private static func isRefusal(_ status: Int) -> Bool {
        (401...403).contains(status)
    }
}

extension JQRows {
    /// Whether the rows have U+FFFD, which is EF BF BD in UTF-8.
    fileprivate var hasReplacementCharacter: Bool {
        let bytes = json.span
        var index = 0
        while index + 2 < bytes.count {
            if bytes[index] == 0xEF, bytes[index + 1] == 0xBF, bytes[index + 2] == 0xBD { return true }
            index += 1
        }
        return false
    }
}
