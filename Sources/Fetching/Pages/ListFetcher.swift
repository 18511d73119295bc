import Basics
import JQ
import JSON
import Tape

/// All rows of a feed, collected from its pages.
struct FetchedList: Sendable {
    /// Without the brackets of an array.
    var rows: JQRows
    let pages: Int
    /// Whether there were more pages than the config allows.
    let isCapped: Bool
    /// The number of items on all pages, as the provider tells it.
    let told: Int?
    /// The provider's timestamp of the oldest page.
    let asOf: Timestamp?
    /// Whether characters of a page could not be read.
    let isDamaged: Bool
    /// How long a rate limit stays exhausted that this list has exhausted.
    let usedUpFor: Duration?
}

extension FetchedList {
    /// The rows as a JSON array.
    var json: [UInt8] {
        JSONWriter.array { $0.values(json: rows.json) }
    }

    /// What its pages show to be unusual.
    var marks: [ListMark] {
        (isCapped ? [.capped] : []) + (isDamaged ? [.damaged] : [])
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

/// Gets all pages of a list: for each value, the first page alone, then a few at a time; if one page fails, the list fails.
struct ListFetcher: Sendable {
    let config: FetchConfig
    let pages: PageFetcher

    /// The largest list that is accepted: Redis itself takes no values above 512 MB.
    private static let mostBytes = 256_000_000

    func fetch(for minute: Minute, deadline: Timestamp) async throws -> FetchedList {
        let values = RequestValues(minute: minute, now: pages.clock.now)
        let list: FetchedList
        if let each = config.request.each {
            list = try await fetch(each, values, deadline)
        } else {
            // Pages that may repeat the last one are asked for in order, because the first of two counts.
            let concurrency = config.request.pages?.end.isRepeated == true ? 1 : config.request.concurrency
            list = try await fetch(
                values, deadline, concurrency: concurrency, needing: pages.cost.creditsOfFetch)
        }
        guard list.rows.count > 0 || config.allowEmpty else {
            throw FetchFailure(.badPayload, "the answer is well-formed but has no rows")
        }
        return list
    }

    /// The lists of all values, in their order.
    private func fetch(
        _ each: EachSettings, _ values: RequestValues, _ deadline: Timestamp
    ) async throws -> FetchedList {
        @Sendable func list(_ index: Int) async throws -> FetchedList {
            var values = values
            values[.each] = each.values[index]
            let parameters = each.parameter.map { [($0, each.values[index])] } ?? []
            // The first one is only begun if the rest of the plan pays for all.
            var list = try await fetch(
                values, deadline, adding: parameters, concurrency: 1,
                needing: index == 0 ? pages.cost.creditsOfFetch : pages.cost.creditsOfCall)
            if let column = each.column {
                list.rows = try Self.adding(column, each.values[index], to: list.rows)
            }
            return list
        }
        let first = try await list(0)
        if each.values.count > 1 { try await obeyLimit(first.usedUpFor, deadline) }
        let lists = try await [first] + inTurn(Array(each.values.indices.dropFirst()), deadline, list)
        let rows = Self.joined(lists.map(\.rows))
        guard rows.json.count <= Self.mostBytes else { throw Self.isTooLarge }
        return FetchedList(
            rows: rows, pages: lists.reduce(0) { $0 + $1.pages },
            isCapped: lists.contains(where: \.isCapped), told: nil, asOf: lists.compactMap(\.asOf).min(),
            isDamaged: lists.contains(where: \.isDamaged), usedUpFor: lists.compactMap(\.usedUpFor).max())
    }

    private func fetch(
        _ values: RequestValues, _ deadline: Timestamp, adding parameters: [(name: String, value: String)] = [],
        concurrency: Int, needing needed: Int
    ) async throws -> FetchedList {
        var walk = PageWalk(config.request.pages)
        var parts: [Int: PageFilters.Page] = [:]
        var usedUp: Duration?
        var bytes = 0
        while case let batch = walk.next(), !batch.isEmpty {
            try await obeyLimit(usedUp, deadline)
            usedUp = nil
            let steps = Dictionary(uniqueKeysWithValues: batch.map { ($0, walk.step(toPage: $0)) })
            _ = try await inTurn(Array(batch), deadline, atOnce: concurrency) { page in
                var step = steps[page, default: PageWalk.Step()]
                step.parameters = parameters + step.parameters
                return try await pages.fetch(
                    step, values, needing: page == 0 ? needed : pages.cost.creditsOfCall, deadline: deadline)
            } receive: { page, result in
                usedUp = [usedUp, result.usedUpFor].compactMap(\.self).max()
                if walk.record(page: page, result) { parts[page] = result }
                bytes += result.rows.json.count
                guard bytes <= Self.mostBytes else { throw Self.isTooLarge }
                if walk.isRepeating, let fault = walk.fault { throw FetchFailure(.badPayload, fault) }
            }
        }
        if let fault = walk.fault { throw FetchFailure(.badPayload, fault) }
        let ordered = parts.sorted { $0.key < $1.key }.map(\.value)
        return FetchedList(
            rows: Self.joined(ordered.map(\.rows)), pages: parts.count, isCapped: walk.isCapped, told: walk.total,
            asOf: ordered.compactMap(\.asOf).min(), isDamaged: ordered.contains(where: \.isDamaged), usedUpFor: usedUp)
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

    /// Runs `body` for each element, a few at a time, and returns the results in order; `receive` gets each as it comes.
    private func inTurn<Result: UsesLimit>(
        _ elements: [Int], _ deadline: Timestamp, atOnce: Int? = nil,
        _ body: @escaping @Sendable (Int) async throws -> Result, receive: (Int, Result) throws -> Void = { _, _ in }
    ) async throws -> [Result] {
        try await withThrowingTaskGroup(of: (Int, Result).self) { group in
            var waiting = elements[...]
            func startNext() {
                guard let element = waiting.popFirst() else { return }
                group.addTask { (element, try await body(element)) }
            }
            for _ in 0..<(atOnce ?? config.request.concurrency) { startNext() }
            var results: [(Int, Result)] = []
            while let (element, result) = try await group.next() {
                try receive(element, result)
                results.append((element, result))
                if !waiting.isEmpty { try await obeyLimit(result.usedUpFor, deadline) }
                startNext()
            }
            return results.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    private static let isTooLarge = FetchFailure(
        .badPayload, "the filter made more than \(mostBytes / 1_000_000) MB of rows of all pages")

    private static func joined(_ parts: [JQRows]) -> JQRows {
        let texts = parts.map(\.json).filter { !$0.isEmpty }
        return JQRows(
            json: Array(texts.joined(separator: [UInt8(ascii: ",")])), count: parts.reduce(0) { $0 + $1.count })
    }

    /// The rows with one more member, in front of the others; a row that has it already stays as it is.
    private static func adding(_ name: String, _ value: String, to rows: JQRows) throws -> JQRows {
        let member = Array("{\(JSONString.quoted(name)):\(JSONString.quoted(value))".utf8)
        let names = [Array(name.utf8)]
        let text = rows.json.span
        var reader = FlatRowsReader(.elements)
        var json: [UInt8] = []
        while try reader.nextRow(in: text) {
            let start = reader.position
            var (isEmpty, hasMember) = (true, false)
            while let (name, _) = try reader.nextMember(in: text) {
                isEmpty = false
                hasMember = hasMember || name.index(among: names, in: text) != nil
            }
            if !json.isEmpty { json.append(UInt8(ascii: ",")) }
            if hasMember {
                json.append(UInt8(ascii: "{"))
            } else {
                json += member
                if !isEmpty { json.append(UInt8(ascii: ",")) }
            }
            json += rows.json[start..<reader.position]
        }
        return JQRows(json: json, count: rows.count)
    }
}

/// What may say that a provider's limit is used up.
private protocol UsesLimit: Sendable {
    var usedUpFor: Duration? { get }
}

extension PageFilters.Page: UsesLimit {}
extension FetchedList: UsesLimit {}
