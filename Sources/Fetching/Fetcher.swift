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

/// Gets all pages of a feed and makes the minute's entry of them: rows, or a gap that says why not.
package struct Fetcher: Sendable {
    /// What replicas know of the feed together; without it every list is taken as it comes.
    package struct Memory: Sendable {
        let reader: StreamReader
        let pause: Pause

        package init(reader: StreamReader, pause: Pause) {
            self.reader = reader
            self.pause = pause
        }
    }

    private let config: FetchConfig
    private let walker: ListFetcher
    private let memory: Memory?
    private let clock: TapeClock
    private let redactor: Redactor
    private let logger: Logger

    /// `http` and `jq` may be shared; whoever made them shuts them down.
    package init(
        _ config: FetchConfig, memory: Memory?, http: HTTPClient, jq: JQPool, clock: TapeClock, redactor: Redactor,
        logger: Logger
    ) {
        self.config = config
        self.memory = memory
        self.clock = clock
        self.redactor = redactor
        self.logger = logger
        let pages = PageFetcher(
            source: config.worker.name, settings: config.request, filters: config.filters, http: http, jq: jq,
            clock: clock, redactor: redactor,
            logger: logger)
        walker = ListFetcher(config: config, pages: pages)
    }

    /// The entry of a minute; never throws for what a provider does.
    package func draft(
        for minute: Minute, deadline: Timestamp, headers: [(name: String, value: String)] = []
    ) async throws -> EntryDraft {
        let began = ContinuousClock.now
        var metadata: Logger.Metadata = [LogKey.stream: "\(config.stream)", LogKey.minute: "\(minute)"]
        do {
            try await obeyPause(deadline)
            let list = try await walker.fetch(deadline: deadline, headers: headers)
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
            return .gap(gap, minute: minute)
        }
    }

    private func record(_ outcome: String, since began: ContinuousClock.Instant) {
        Timer(.fetchSeconds, [("source", config.worker.name), ("outcome", outcome)]).record(
            ContinuousClock.now - began)
    }

    /// The rows as one JSON array, as `fetch --dry-run` shows them; throws the gap that there would be.
    package func rows(deadline: Timestamp) async throws -> [UInt8] {
        do {
            return try await walker.fetch(deadline: deadline, headers: []).rows.json
        } catch let failure as FetchFailure {
            throw Gap(failure.code, redactor(failure.detail))
        }
    }

    /// Waits for as long as the provider wants to be left alone, if that is before the deadline.
    private func obeyPause(_ deadline: Timestamp) async throws {
        guard let pause = await memory?.pause.current() else { return }
        guard pause.until + Self.leastTime < deadline else {
            throw FetchFailure(
                .upstream, "not asked: the provider is to be left alone until \(pause.until.rfc3339): \(pause.reason)")
        }
        try await clock.sleep(until: pause.until)
    }

    /// A fetch that could not begin earlier before its deadline is not begun.
    private static let leastTime: Duration = .seconds(5)

    private func draft(of list: FetchedList, _ minute: Minute) async throws -> EntryDraft {
        let digest = Digest.sha256(list.rows.json)
        let fetchedAt = clock.now
        // Without Redis' answer nothing is known against the list, and publishing it will fail anyway.
        let previous = try? await memory?.reader.newestRows()
        let verdict = Plausibility(
            minute: minute, every: config.schedule.every, previous: previous, allowsEmpty: config.allowEmpty
        ).verdict(count: list.rows.count, sha256: digest, asOf: list.asOf, fetchedAt: fetchedAt)
        switch verdict {
        case .refuse(let reason): throw FetchFailure(.badPayload, reason)
        case .publish(let marks):
            return .rows(
                list.rows.json, count: list.rows.count, sha256: digest, minute: minute, fetchedAt: fetchedAt,
                asOf: list.asOf, marks: (list.isCapped ? ["capped"] : []) + marks)
        }
    }
}
