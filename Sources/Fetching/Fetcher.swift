package import Basics
import CoreMetrics
package import CurlHTTP
import Digests
package import JQ
package import Logging
package import Logs
package import Tape
import Telemetry
import Workers

/// Gets all pages of a feed and makes the minute's entry from them: rows, or a gap that says why there are none.
package struct Fetcher: Sendable {
    /// What the replicas of a feed share; without it every list is published unchecked.
    package struct Memory: Sendable {
        let reader: StreamReader
        let pause: Pause

        package init(reader: StreamReader, pause: Pause) {
            self.reader = reader
            self.pause = pause
        }
    }

    private let config: FetchConfig
    private let pages: PageFetcher
    private let memory: Memory?
    /// nil if the provider does not tell about it.
    package let usage: ProviderUsage?
    private let clock: TapeClock
    private let redactor: Redactor
    private let logger: Logger

    /// `http` and `jq` may be shared; their creator shuts them down.
    package init(
        _ config: FetchConfig, memory: Memory?, budget: Budget?, http: HTTPClient, jq: JQPool, clock: TapeClock,
        redactor: Redactor, logger: Logger, recorder: FeedRecorder? = nil
    ) {
        self.config = config
        self.memory = memory
        self.clock = clock
        self.redactor = redactor
        self.logger = logger
        let tokens = config.request.token.map {
            TokenKeeper($0, limits: config.request.limits, http: http, jq: jq, clock: clock, recorder: recorder)
        }
        let pages = PageFetcher(
            source: config.worker.name, settings: config.request, filters: config.filters, headers: [], tokens: tokens,
            budget: budget, cost: config.cost, http: http, jq: jq, clock: clock, redactor: redactor, logger: logger,
            recorder: recorder)
        self.pages = pages
        usage = config.usage.map { ProviderUsage(pages.asking($0, failure: config.filters.failure), budget: budget) }
    }

    /// Returns the entry of a minute; a provider's failure becomes a gap and is not thrown.
    package func draft(
        for minute: Minute, deadline: Timestamp, headers: [(name: String, value: String)] = []
    ) async throws -> EntryDraft {
        let began = ContinuousClock.now
        var metadata: Logger.Metadata = [LogKey.stream: "\(config.stream)", LogKey.minute: "\(minute)"]
        do {
            try await obeyPause(deadline)
            let list = try await list(for: minute, deadline, headers)
            if let wait = list.usedUpFor { await memory?.pause.begin(for: wait, because: "its limit is used up") }
            let draft = try await draft(of: list, minute)
            record("rows", since: began)
            metadata[LogKey.count] = "\(list.rows.count)"
            metadata[LogKey.pages] = "\(list.pages)"
            metadata[LogKey.duration] = "\((ContinuousClock.now - began).milliseconds)"
            logger.info(.minuteFetched, metadata: metadata)
            return draft
        } catch let failure as FetchFailure {
            let gap = Gap(failure.code, redactor(failure.detail))
            record(failure.code.rawValue, since: began)
            if let wait = failure.wait { await memory?.pause.begin(for: wait, because: gap.detail) }
            metadata[LogKey.gap] = "\(gap.code)"
            metadata[LogKey.detail] = "\(gap.detail)"
            logger.warning(.minuteGap, metadata: metadata)
            return .gap(gap, minute: minute, next: await next(after: minute))
        }
    }

    private func record(_ outcome: String, since began: ContinuousClock.Instant) {
        Timer(.fetchSeconds, [("source", config.worker.name), ("outcome", outcome)]).record(
            ContinuousClock.now - began)
    }

    /// A list as it would be published, for `fetch --dry-run`.
    package struct Preview: Sendable {
        /// One JSON array.
        package let rows: [UInt8]
        /// `800 rows of 4 pages, capped (1000 told), as of 2026-11-21T09:01:00Z`.
        package let summary: String
        package let warnings: [String]
    }

    /// Throws the gap if the list would not be published.
    ///
    /// It is not compared with earlier lists.
    package func preview(deadline: Timestamp) async throws -> Preview {
        do {
            let minute = Minute(containing: clock.now)
            let list = try await list(for: minute, deadline, [])
            let marks = try marks(of: list, "", minute, after: nil)
            return Preview(rows: list.json, summary: list.summary, warnings: marks.map(\.warning))
        } catch let failure as FetchFailure {
            throw Gap(failure.code, redactor(failure.detail))
        }
    }

    /// When a feed is due again that is paced by its budget.
    ///
    /// nil if Redis does not answer, because what was fetched must not be fetched again for that.
    private func next(after minute: Minute) async -> Minute? {
        guard config.schedule.isPaced else { return nil }
        return try? await pages.budget?.next(after: minute, credits: config.cost.creditsOfFetch)
    }

    private func list(
        for minute: Minute, _ deadline: Timestamp, _ headers: [(name: String, value: String)]
    ) async throws -> FetchedList {
        await usage?.correctBudget(deadline: deadline)
        var pages = pages
        pages.headers = headers
        return try await ListFetcher(config: config, pages: pages).fetch(for: minute, deadline: deadline)
    }

    /// Waits until the provider's pause ends, if that is before the deadline.
    private func obeyPause(_ deadline: Timestamp) async throws {
        guard let pause = await memory?.pause.current() else { return }
        guard pause.until + Self.leastTime < deadline else {
            throw FetchFailure(
                .upstream, "not asked: the provider is to be left alone until \(pause.until.rfc3339): \(pause.reason)")
        }
        try await clock.sleep(until: pause.until)
    }

    /// A fetch needs at least this much time before its deadline.
    private static let leastTime: Duration = .seconds(5)

    private func draft(of list: FetchedList, _ minute: Minute) async throws -> EntryDraft {
        let rows = list.json
        let digest = Digest.sha256(rows)
        // If Redis does not answer, the list cannot be compared, and publishing it will fail anyway.
        let previous = try? await memory?.reader.newestRows()
        let marks = try marks(of: list, digest, minute, after: previous)
        return .rows(
            rows, count: list.rows.count, sha256: digest, minute: minute, fetchedAt: clock.now,
            asOf: list.asOf, marks: marks.map(\.rawValue), next: await next(after: minute))
    }

    /// What is unusual about the list; throws if it must not be published.
    private func marks(
        of list: FetchedList, _ digest: String, _ minute: Minute, after previous: PublishedRows?
    ) throws(FetchFailure) -> [ListMark] {
        let plausibility = Plausibility(
            minute: minute, every: config.schedule.every, previous: previous, allowsEmpty: config.allowEmpty,
            maximumAge: config.asOf?.maximumAge)
        return list.marks
            + (try plausibility.marks(count: list.rows.count, sha256: digest, asOf: list.asOf, fetchedAt: clock.now))
    }
}
