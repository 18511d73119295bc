import Basics
import CurlHTTP
import JQ
import JSON
import Logs
import Tape

/// What an attempt at a page came to.
enum Judgement: Sendable {
    case page(PageFilters.Page)
    /// Ask again, no sooner than the failure's `wait` if the provider said so.
    case retry(FetchFailure)
    case stop(FetchFailure)

    /// Throws when it was we who gave up: that says nothing about the provider.
    static func of(_ error: HTTPError) throws(CancellationError) -> Judgement {
        switch error.code {
        case .cancelled: throw CancellationError()
        case .timeout, .network: return .retry(FetchFailure(.upstream, error.message))
        case .bodyTooLarge: return .stop(FetchFailure(.badPayload, error.message))
        case .redirectRefused, .invalidRequest: return .stop(FetchFailure(.stopped, error.message))
        }
    }

    /// The body's own verdict goes before the status: providers send errors with 200, and causes apart in one 429.
    ///
    /// What is quoted of a body is redacted before it is cut and escaped: afterwards a secret would not be known any more.
    static func of(
        _ response: HTTPResponse, _ reading: Result<PageFilters.Reading, JQError>, now: Timestamp,
        redactor: Redactor = Redactor()
    ) -> Judgement {
        let text = redactor(String(decoding: response.body.prefix(10_000), as: UTF8.self))
        let beginning = JSONString.quoted(String(text.prefix(120)))
        let isSuccess = (200..<300).contains(response.status)
        let place = "HTTP \(response.status)"
        let wait = response.retryAfter(now: now)
        switch reading {
        case .success(.page(var page)):
            page.usedUpFor = response.usedUpFor(now: now)
            return .page(page)
        case .success(.failure(let verdict?)):
            let mayRetry = verdict.mayRetry && !isRefusal(response.status)
            // The header is about this very answer, the verdict about all of its kind.
            let wait = wait.flatMap { $0 > .zero ? $0 : nil } ?? verdict.wait
            let message = verdict.message.isEmpty ? beginning : verdict.message
            let failure = FetchFailure(mayRetry ? .upstream : .stopped, "\(place): \(message)", wait: wait)
            return mayRetry ? .retry(failure) : .stop(failure)
        case .failure(let error) where isSuccess && error.kind == .runaway:
            // Not the provider's fault, and the same page would do the same again.
            return .stop(FetchFailure(.badPayload, "\(error); the page begins \(beginning)"))
        case .failure(let error) where isSuccess:
            // A proxy's page with status 200, or a body cut short: the next try may get the real one.
            let body = response.body.isEmpty ? "the body is empty" : "\(error); it begins \(beginning)"
            return .retry(FetchFailure(.badPayload, body, wait: wait))
        case .success(.failure), .failure:
            let detail = response.body.isEmpty ? "\(place), empty body" : "\(place): \(beginning)\(Self.aside(reading))"
            return isRetryable(response.status)
                ? .retry(FetchFailure(.upstream, detail, wait: wait))
                : .stop(FetchFailure(.stopped, detail, wait: wait))
        }
    }

    /// What a filter did that was to read an error, apart from not finding any.
    private static func aside(_ reading: Result<PageFilters.Reading, JQError>) -> String {
        guard case .failure(let error) = reading, error.kind != .judgement else { return "" }
        return "; \(error)"
    }

    /// A request that is refused as such is refused again; 408, 425 and 429 ask for patience.
    private static func isRetryable(_ status: Int) -> Bool {
        !(300..<500).contains(status) || [408, 425, 429].contains(status)
    }

    /// The provider does not take this key, whatever else it says.
    private static func isRefusal(_ status: Int) -> Bool {
        (401...403).contains(status)
    }
}
