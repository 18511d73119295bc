import Basics
import CoreMetrics
import CurlHTTP
import JQ
import Logging
import Logs
import Recordings
import Tape
import Telemetry

/// Gets one page, and retries while that makes sense and time is left.
struct PageFetcher: Sendable {
    let source: String
    private(set) var settings: RequestSettings
    private(set) var filters: PageFilters
    /// Headers beside the config's.
    var headers: [(name: String, value: String)]
    /// nil if requests carry no token.
    private(set) var tokens: TokenKeeper?
    /// nil if nothing bounds what is spent.
    private(set) var budget: Budget?
    let cost: CostEstimate
    let http: HTTPClient
    let jq: JQPool
    let clock: TapeClock
    let redactor: Redactor
    let logger: Logger
    /// nil if calls are not recorded.
    let recorder: FeedRecorder?

    /// Gets the page to which the step leads; `needed` credits must be left for it, and for what comes behind it.
    func fetch(
        _ step: PageWalk.Step, _ values: RequestValues, needing needed: Int, deadline: Timestamp
    ) async throws -> PageFilters.Page {
        var backoff = Backoff(base: .milliseconds(500), maximum: .seconds(10))
        var attempt = 0
        while true {
            let result = try await perform(step, values, needed, deadline)
            switch result {
            case .page(let page):
                if !page.isBehindEnd { Counter(.fetchedPages, [("source", source)]).increment() }
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

    private func perform(
        _ step: PageWalk.Step, _ values: RequestValues, _ needed: Int, _ deadline: Timestamp, mayRenew: Bool = true
    ) async throws -> AttemptResult {
        var values = values
        values.now = clock.now
        let token: TokenKeeper.Token?
        do throws(FetchFailure) {
            token = try await tokens?.token(values, deadline: deadline)
        } catch {
            return error.code == .upstream ? .retry(error) : .stop(error)
        }
        if let token { values[.token] = token.text }
        let result = try await ask(step, values, needed, deadline, redactor.hiding(token?.text))
            .redacted(by: redactor.hiding(token?.text))
        // A token may end before its time.
        guard mayRenew, case .stop(let failure) = result, failure.status == 401, let tokens, let token else {
            return result
        }
        await tokens.drop(token)
        return try await perform(step, values, needed, deadline, mayRenew: false)
    }

    /// Credits are taken before the call, and corrected by what the response says.
    private func ask(
        _ step: PageWalk.Step, _ values: RequestValues, _ needed: Int, _ deadline: Timestamp, _ redactor: Redactor
    ) async throws -> AttemptResult {
        var limits = settings.limits
        limits.total = min(limits.total, max(.milliseconds(1), clock.wall(deadline - clock.now)))
        var request = settings.call.request(
            values, adding: step.parameters, instead: step.url, signing: settings.signature)
        request.limits = limits
        request.headers += headers
        let grant = try await budget?.take(cost.creditsOfCall, needing: needed)
        // Parsed while it arrives, so that little work is left after the last byte of a large page. Parser and filters run in a
        // child process: see `JQChild`.
        let body = jq.intake()
        body.read(as: filters.body)
        request.begin = { type in
            if let charset = type.flatMap(Charset.init(contentType:)) { body.decode(charset) }
        }
        request.receive = { body.feed($0) }
        let response: HTTPResponse
        do throws(HTTPError) {
            response = try await http.fetch(request)
        } catch {
            record(.failure(error.message), step, values)
            return try .of(error)
        }
        Counter(.fetchedBytes, [("source", source)]).increment(by: response.body.count)
        let filters = filters
        func correct(_ document: JQReader?) async {
            guard let grant else { return }
            let spending = await filters.spending(document, of: response)
            await budget?.correct(grant, cost: spending.cost, left: spending.left)
        }
        if !step.isFirst, settings.pages?.end.statuses.contains(response.status) == true {
            record(.init(response), step, values)
            await correct(nil)
            return .page(.behindEnd)
        }
        let isError = !(200..<300).contains(response.status)
        do throws(JQError) {
            let time = clock.wall(deadline - clock.now)
            let reading = try await body.read(within: time) { document async throws(JQError) in
                // First, for what a call has cost does not depend on its rows.
                await correct(document)
                return try await filters.read(document, of: response, isError: isError, isFirst: step.isFirst)
            }
            let address = request.url
            guard case .page(var page) = reading, case .next = settings.pages?.turn, let next = page.next else {
                record(.init(response), step, values)
                return .of(response, .success(reading), now: Timestamp.machineTime, redactor: redactor)
            }
            record(.init(response), step, values, next: next)
            guard let url = HTTPRequest.url(next, from: address) else {
                return .stop(
                    FetchFailure(.stopped, "the next page is at \(redactor(next)), which is not on the same host"))
            }
            page.next = url
            return .of(response, .success(.page(page)), now: Timestamp.machineTime, redactor: redactor)
        } catch {
            record(.init(response), step, values)
            return .of(response, .failure(error), now: Timestamp.machineTime, redactor: redactor)
        }
    }

    /// The same for the call that tells the usage of the plan and costs nothing.
    func asking(_ usage: UsageSettings, failure: JQProgram?) -> PageFetcher {
        var pages = self
        pages.settings = RequestSettings(once: usage.call)
        pages.filters = PageFilters(rows: usage.filter, failure: failure)
        pages.tokens = nil
        pages.budget = nil
        return pages
    }

    private func record(
        _ outcome: CallRecorder.Outcome, _ step: PageWalk.Step, _ values: RequestValues, next: String? = nil
    ) {
        recorder?.record(outcome, of: settings.call, values, adding: step.parameters, instead: step.url) { call in
            call.token = values[.token]
            call.next = next
        }
    }
}
