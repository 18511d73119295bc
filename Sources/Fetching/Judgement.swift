import Basics
import CurlHTTP
import JQ
import Tape

/// What an attempt at a page came to.
enum Judgement: Sendable {
    case page(PageFilters.Page)
    /// Ask again, no sooner than `after` if the server said so.
    case retry(FetchFailure, after: Duration?)
    case stop(FetchFailure)

    /// Throws when it was we who gave up: that says nothing about the provider.
    static func of(_ error: HTTPError) throws(CancellationError) -> Judgement {
        switch error.code {
        case .cancelled: throw CancellationError()
        case .timeout, .network: return .retry(FetchFailure(.upstream, error.message), after: nil)
        case .bodyTooLarge: return .stop(FetchFailure(.badPayload, error.message))
        case .redirectRefused, .invalidRequest: return .stop(FetchFailure(.stopped, error.message))
        }
    }

    /// The body's own verdict goes before the status: providers send errors with 200, and causes apart in one 429.
    ///
    /// What is quoted of a body is redacted before it is cut and escaped: afterwards a secret would not be known any more.
    static func of(
        _ response: HTTPResponse, _ reading: Result<PageFilters.Reading, JQError>, redactor: Redactor = Redactor()
    ) -> Judgement {
        let text = redactor(String(decoding: response.body.prefix(10_000), as: UTF8.self))
        let beginning = JSONString.quoted(String(text.prefix(120)))
        let isSuccess = (200..<300).contains(response.status)
        let place = "HTTP \(response.status)"
        switch reading {
        case .success(.page(let page)):
            return .page(page)
        case .success(.failure(let message, let mayRetry)) where !message.isEmpty || !mayRetry:
            let failure = FetchFailure(mayRetry ? .upstream : .stopped, "\(place): \(message)")
            return mayRetry && !isRefusal(response.status)
                ? .retry(failure, after: retryAfter(response)) : .stop(failure)
        case .failure(let error) where isSuccess:
            // A proxy's page with status 200, or a body cut short: the next try may get the real one.
            return .retry(FetchFailure(.badPayload, "\(error); it begins \(beginning)"), after: nil)
        case .success(.failure), .failure:
            let detail = response.body.isEmpty ? "\(place), empty body" : "\(place): \(beginning)"
            return isRetryable(response.status)
                ? .retry(FetchFailure(.upstream, detail), after: retryAfter(response))
                : .stop(FetchFailure(.stopped, detail))
        }
    }

    /// A request that is refused as such is refused again; 408, 425 and 429 ask for patience.
    private static func isRetryable(_ status: Int) -> Bool {
        !(300..<500).contains(status) || [408, 425, 429].contains(status)
    }

    private static func retryAfter(_ response: HTTPResponse) -> Duration? {
        guard let text = response.header("retry-after"), let seconds = Int(text), seconds >= 0 else { return nil }
        return .seconds(min(seconds, 86_400))
    }

    /// The provider does not take this key, whatever else it says.
    private static func isRefusal(_ status: Int) -> Bool {
        (401...403).contains(status)
    }
}

/// Why a minute has no rows, before it is a gap.
struct FetchFailure: Error, Equatable, Sendable {
    let code: Gap.Code
    let detail: String

    init(_ code: Gap.Code, _ detail: String) {
        self.code = code
        self.detail = detail
    }
}
