import Basics
import CoreMetrics
import CurlHTTP
import JQ
import Logging
import Logs
import Tape
import Telemetry

/// Gets one page, and retries while that makes sense and time is left.
struct PageFetcher: Sendable {
    let source: String
    let settings: RequestSettings
    let filters: PageFilters
    let http: HTTPClient
    let jq: JQPool
    let clock: TapeClock
    let redactor: Redactor
    let logger: Logger

    /// `parameters` and `headers` are added to the config's; a page other than the first may say that the list has ended.
    func fetch(
        _ parameters: [(name: String, value: String)], headers: [(name: String, value: String)], isFirst: Bool,
        deadline: Timestamp
    ) async throws -> PageFilters.Page {
        var backoff = Backoff(base: .milliseconds(500), maximum: .seconds(10))
        var attempt = 0
        while true {
            let result = try await perform(request(parameters, headers, deadline), isFirst, deadline)
            switch result {
            case .page(let page):
                Counter(.fetchedPages, [("source", source)]).increment()
                return page
            case .stop(let failure): throw failure
            case .retry(let failure):
                attempt += 1
                // After a wait that the provider asked for, the jitter keeps the pages from being requested all at once.
                let wait = (failure.wait ?? .zero) + backoff.next()
                guard attempt <= settings.retries, clock.now + wait < deadline else { throw failure }
                logger.debug(
                    .pageRetried,
                    metadata: [
                        LogKey.attempt: "\(attempt)", LogKey.detail: "\(failure.detail)",
                        LogKey.wait: "\(wait.milliseconds)",
                    ])
                Counter(.pageRetries, [("source", source)]).increment()
                try await clock.sleep(for: wait)
            }
        }
    }

    private func request(
        _ parameters: [(name: String, value: String)], _ headers: [(name: String, value: String)], _ deadline: Timestamp
    ) -> HTTPRequest {
        let query = (settings.query + parameters)
            .map { "\(PercentEncoding.encode($0.name))=\(PercentEncoding.encode($0.value))" }.joined(separator: "&")
        var limits = settings.limits
        limits.total = min(limits.total, max(.milliseconds(1), clock.wall(deadline - clock.now)))
        return HTTPRequest(
            url: query.isEmpty ? settings.url : "\(settings.url)?\(query)", headers: settings.headers + headers,
            limits: limits)
    }

    private func perform(
        _ request: HTTPRequest, _ isFirst: Bool, _ deadline: Timestamp
    ) async throws(CancellationError) -> AttemptResult {
        // Parsed while it arrives, so that little work is left after the last byte of a large page. Parser and filters run in a
        // child process: see `JQChild`.
        let body = jq.intake()
        var request = request
        request.begin = { type in
            if let charset = type.flatMap(Charset.init(contentType:)) { body.decode(charset) }
        }
        request.receive = { body.feed($0) }
        let response: HTTPResponse
        do throws(HTTPError) {
            response = try await http.get(request)
        } catch {
            return try .of(error)
        }
        Counter(.fetchedBytes, [("source", source)]).increment(by: response.body.count)
        let filters = filters
        if !isFirst, settings.pages?.end.statuses.contains(response.status) == true { return .page(.behindEnd) }
        let isError = !(200..<300).contains(response.status)
        do throws(JQError) {
            let time = clock.wall(deadline - clock.now)
            let reading = try await body.read(within: time) { document async throws(JQError) in
                try await filters.read(document, isError: isError, isFirst: isFirst)
            }
            return .of(response, .success(reading), now: Timestamp.machineTime, redactor: redactor)
        } catch {
            return .of(response, .failure(error), now: Timestamp.machineTime, redactor: redactor)
        }
    }
}
