import Basics
import JQ
import JSON
import Tape

/// All rows of a feed, collected from its pages.
struct FetchedList: Sendable {
    /// One JSON array.
    let rows: JQRows
    let pages: Int
    /// Whether there were more pages than the config allows.
    let isCapped: Bool
    /// The number of items on all pages, as the provider tells it.
    let told: Int?
    /// The provider's timestamp of the oldest page.
    let asOf: Timestamp?
    /// How long a rate limit stays exhausted that this list has exhausted.
    let usedUpFor: Duration?
}

extension FetchedList {
    /// What its pages show to be unusual.
    var marks: [ListMark] {
        (isCapped ? [.capped] : []) + (hasReplacementCharacter ? [.damaged] : [])
    }

    /// Whether the rows have U+FFFD, which is EF BF BD in UTF-8.
    private var hasReplacementCharacter: Bool {
        let bytes = rows.json.span
        var index = 0
        while index + 2 < bytes.count {
            if bytes[index] == 0xEF, bytes[index + 1] == 0xBF, bytes[index + 2] == 0xBD { return true }
            index += 1
        }
        return false
    }

    /// `800 rows of 4 pages, capped (1000 told), as of 2026-11-21T09:01:00Z`.
    var summary: String {
        var text = "\(rows.count) rows"
        if pages > 1 { text += " of \(pages) pages" }
        if isCapped { text += ", capped" + (told.map { " (\($0) told)" } ?? "") }
        if let asOf { text += ", as of \(asOf.rfc3339)" }
        return text
    }
}

/// Gets all pages of a list: the first page alone, then a few at a time; if one page fails, the list fails.
struct ListFetcher: Sendable {
    let config: FetchConfig
    let pages: PageFetcher

    /// The largest list that is accepted: Redis itself takes no values above 512 MB.
    private static let mostBytes = 256_000_000

    func fetch(deadline: Timestamp, headers: [(name: String, value: String)]) async throws -> FetchedList {
        var walk = PageWalk(config.request.pages)
        var parts: [Int: PageFilters.Page] = [:]
        var usedUp: Duration?
        var bytes = 0
        while case let batch = walk.next(), !batch.isEmpty {
            try await obeyLimit(usedUp, deadline)
            usedUp = nil
            try await fetch(batch, of: walk, headers, deadline) { page, result in
                usedUp = [usedUp, result.usedUpFor].compactMap(\.self).max()
                bytes += result.rows.json.count
                if walk.record(page: page, result) { parts[page] = result }
                if walk.isRepeating, let fault = walk.fault { throw FetchFailure(.badPayload, fault) }
            }
            guard bytes <= Self.mostBytes else {
                throw FetchFailure(
                    .badPayload, "the filter made more than \(Self.mostBytes / 1_000_000) MB of rows of all pages")
            }
        }
        if let fault = walk.fault { throw FetchFailure(.badPayload, fault) }
        let ordered = parts.sorted { $0.key < $1.key }.map(\.value)
        let rows = Self.joined(ordered.map(\.rows))
        guard rows.count > 0 || config.allowEmpty else {
            throw FetchFailure(.badPayload, "the answer is well-formed but has no rows")
        }
        return FetchedList(
            rows: rows, pages: parts.count, isCapped: walk.isCapped, told: walk.total,
            asOf: ordered.compactMap(\.asOf).min(),
            usedUpFor: usedUp)
    }

    /// A call beyond a limit would be refused, but still counted.
    private func obeyLimit(_ usedUp: Duration?, _ deadline: Timestamp) async throws {
        guard let usedUp else { return }
        guard pages.clock.now + usedUp < deadline else {
            throw FetchFailure(
                .upstream, "the provider's limit is used up for \(usedUp.short), in the middle of the list",
                wait: usedUp)
        }
        try await pages.clock.sleep(for: usedUp)
    }

    /// Passes each page to `receive` as it comes, in any order.
    private func fetch(
        _ batch: Range<Int>, of walk: PageWalk, _ headers: [(name: String, value: String)], _ deadline: Timestamp,
        _ receive: (Int, PageFilters.Page) throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: (Int, PageFilters.Page).self) { group in
            var waiting = batch[...]
            func startNext() {
                guard let page = waiting.popFirst() else { return }
                let parameters = config.request.pages.map { [($0.parameter, "\(walk.value(ofPage: page))")] } ?? []
                group.addTask {
                    let fetched = try await pages.fetch(
                        parameters, headers: headers, isFirst: page == 0, deadline: deadline)
                    return (page, fetched)
                }
            }
            for _ in 0..<config.request.concurrency { startNext() }
            while let (page, result) = try await group.next() {
                try receive(page, result)
                if !waiting.isEmpty { try await obeyLimit(result.usedUpFor, deadline) }
                startNext()
            }
        }
    }

    private static func joined(_ parts: [JQRows]) -> JQRows {
        let json = JSONWriter.array { writer in
            for part in parts { writer.values(json: part.json) }
        }
        return JQRows(json: json, count: parts.reduce(0) { $0 + $1.count })
    }
}
