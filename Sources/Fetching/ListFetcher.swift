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
    /// The provider's timestamp of the oldest page.
    let asOf: Timestamp?
    /// How long a rate limit stays exhausted that this list has exhausted.
    let usedUpFor: Duration?
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
            let results = try await fetch(batch, of: walk, headers, deadline)
            usedUp = results.compactMap(\.1.usedUpFor).max()
            for (page, result) in results {
                bytes += result.rows.json.count
                walk.record(page: page, items: result.items, total: result.total)
                parts[page] = result
            }
            guard bytes <= Self.mostBytes else {
                throw FetchFailure(
                    .badPayload, "the filter made more than \(Self.mostBytes / 1_000_000) MB of rows of all pages")
            }
        }
        if let page = walk.hole {
            throw FetchFailure(
                .badPayload, "page \(page + 1) of \(parts.count) holds too few items for the total that is told")
        }
        let ordered = parts.sorted { $0.key < $1.key }.map(\.value)
        let rows = Self.joined(ordered.map(\.rows))
        guard rows.count > 0 || config.allowEmpty else {
            throw FetchFailure(.badPayload, "the answer is well-formed but has no rows")
        }
        return FetchedList(
            rows: rows, pages: parts.count, isCapped: walk.isCapped, asOf: ordered.compactMap(\.asOf).min(),
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
                if !waiting.isEmpty { try await obeyLimit(result.1.usedUpFor, deadline) }
                startNext()
            }
            return results
        }
    }

    private static func joined(_ parts: [JQRows]) -> JQRows {
        let json = JSONWriter.array { writer in
            for part in parts { writer.values(json: part.json) }
        }
        return JQRows(json: json, count: parts.reduce(0) { $0 + $1.count })
    }
}
