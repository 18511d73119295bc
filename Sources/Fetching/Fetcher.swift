package import Basics
package import CurlHTTP
package import JQ
package import Logging
package import Tape

/// Gets all pages of a feed and makes the minute's entry of them: rows, or a gap that says why not.
package struct Fetcher: Sendable {
    private let config: FetchConfig
    private let pages: PageFetcher
    private let clock: TapeClock
    private let redactor: Redactor
    private let logger: Logger

    package init(
        _ config: FetchConfig, http: HTTPClient, jq: JQPool, clock: TapeClock, redactor: Redactor, logger: Logger
    ) {
        self.config = config
        self.clock = clock
        self.redactor = redactor
        self.logger = logger
        pages = PageFetcher(
            settings: config.request, filters: config.filters, http: http, jq: jq, clock: clock, redactor: redactor,
            logger: logger)
    }

    /// The entry of a minute; never throws for what a provider does.
    package func draft(
        for minute: Minute, deadline: Timestamp, headers: [(name: String, value: String)] = []
    ) async throws -> EntryDraft {
        let began = ContinuousClock.now
        var metadata: Logger.Metadata = [LogKey.stream: "\(config.stream)", LogKey.minute: "\(minute)"]
        do {
            let list = try await list(deadline: deadline, headers: headers)
            metadata[LogKey.count] = "\(list.rows.count)"
            metadata[LogKey.pages] = "\(list.pages)"
            metadata[LogKey.duration] = "\((ContinuousClock.now - began).milliseconds)"
            logger.info("minute.fetched", metadata: metadata)
            return .rows(
                list.rows.json, count: list.rows.count, minute: minute, fetchedAt: clock.now,
                mark: list.isCapped ? "capped" : nil)
        } catch let failure as FetchFailure {
            let gap = Gap(failure.code, redactor(failure.detail))
            metadata[LogKey.gap] = "\(gap.code)"
            metadata[LogKey.detail] = "\(gap.detail)"
            logger.warning("minute.gap", metadata: metadata)
            return .gap(gap, minute: minute)
        }
    }

    private struct List {
        /// One JSON array.
        let rows: JQDocument.Rows
        let pages: Int
        let isCapped: Bool
    }

    /// Asks for page one, then for the others a few at a time; one page that fails fails the list.
    private func list(deadline: Timestamp, headers: [(name: String, value: String)] = []) async throws -> List {
        var walk = PageWalk(config.request.pages)
        var parts: [Int: JQDocument.Rows] = [:]
        while case let batch = walk.next(), !batch.isEmpty {
            for (page, result) in try await fetch(batch, of: walk, headers, deadline) {
                walk.record(page: page, items: result.items, total: result.total)
                parts[page] = result.rows
            }
        }
        if let page = walk.hole {
            throw FetchFailure(
                .badPayload, "page \(page + 1) of \(parts.count) holds too few items for the total that is told")
        }
        let rows = Self.joined(parts.sorted { $0.key < $1.key }.map(\.value))
        guard rows.count > 0 || config.allowEmpty else {
            throw FetchFailure(.badPayload, "the answer is well-formed but has no rows")
        }
        return List(rows: rows, pages: parts.count, isCapped: walk.isCapped)
    }

    private func fetch(
        _ batch: Range<Int>, of walk: PageWalk, _ headers: [(name: String, value: String)], _ deadline: Timestamp
    ) async throws -> [(Int, PageFilters.Page)] {
        try await withThrowingTaskGroup(of: (Int, PageFilters.Page).self) { group in
            var waiting = batch[...]
            func startNext() {
                guard let page = waiting.popFirst() else { return }
                let parameters = config.request.pages.map { [($0.parameter, "\(walk.value(ofPage: page))")] } ?? []
                group.addTask { (page, try await pages.fetch(parameters, headers: headers, deadline: deadline)) }
            }
            for _ in 0..<config.request.concurrency { startNext() }
            var results: [(Int, PageFilters.Page)] = []
            while let result = try await group.next() {
                results.append(result)
                startNext()
            }
            return results
        }
    }

    private static func joined(_ parts: [JQDocument.Rows]) -> JQDocument.Rows {
        var all = JQDocument.Rows(json: [UInt8(ascii: "[")], count: 0)
        for part in parts where part.count > 0 {
            if all.count > 0 { all.json.append(UInt8(ascii: ",")) }
            all.json += part.json
            all.count += part.count
        }
        all.json.append(UInt8(ascii: "]"))
        return all
    }
}

extension Fetcher {
    /// The rows as one JSON array, as `fetch --dry-run` shows them; throws the gap that there would be.
    package func rows(deadline: Timestamp) async throws -> [UInt8] {
        do {
            return try await list(deadline: deadline).rows.json
        } catch let failure as FetchFailure {
            throw Gap(failure.code, redactor(failure.detail))
        }
    }
}
