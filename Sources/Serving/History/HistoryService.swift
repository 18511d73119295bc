import Archive
import Basics
import Blocks
import Digests
import HTTPServer
import HTTPTypes
import JSON
import NIOCore
import Synchronization
import Tape
import TopLists

/// Answers requests about many minutes: from blocks, and from Redis for the last hours.
///
/// This takes too long for an event loop, so it runs elsewhere.
final class HistoryService: Sendable {
    private let reader: ArchiveReader
    private let index: CoinIndex
    private let facts: BlockFacts
    /// The titles of the columns to serve.
    private let columns: [String]
    private let clock: TapeClock
    private let allowsImmutable: Bool
    private let turns = StreamTurns(16)

    /// The maximum number of rows in a response about a coin.
    private static let mostRows = 50_000
    /// The default number of rows per list.
    private static let defaultLimit = 200

    init(
        _ reader: ArchiveReader, facts: BlockFacts, columns: [String], clock: TapeClock, allowsImmutable: Bool
    ) {
        self.reader = reader
        self.facts = facts
        index = CoinIndex(reader, clock: clock)
        self.columns = columns
        self.clock = clock
        self.allowsImmutable = allowsImmutable
    }

    /// The routes for one event loop.
    func routes(on loop: ServerLoop) -> [Route] {
        func route(
            _ path: String, _ respond: @escaping @Sendable (Request) async throws(Problem) -> Response
        ) -> Route {
            Route(path) { (request) throws(Problem) in
                try request.requireReading()
                return loop.taskElsewhere { () async throws(Problem) in try await respond(request) }
            }
        }
        return [
            route("/coins/<id>/prices") { (request) async throws(Problem) in try await self.prices(request) },
            route("/coins") { (request) async throws(Problem) in try await self.coins(request) },
            route("/lists") { (request) async throws(Problem) in try await self.lists(request) },
            route("/history") { (request) async throws(Problem) in try await self.overview(request) },
            route("/history/<block>") { (request) async throws(Problem) in try await self.block(request) },
        ]
    }

    // MARK: A coin's history

    private func prices(_ request: Request) async throws(Problem) -> Response {
        let now = clock.now
        let values = try request.query.values(of: HistoryRange.parameters + ["agg", "format"])
        let range = try HistoryRange(values, step: 1, now: now)
        let format = try ListQuery.format(values["format"], accept: request[.accept])
        let aggregation = try values["agg"].map(Self.aggregation) ?? .last
        let text = String(request.segment(1))
        guard let id = Int64(text), id >= 0, text == "\(id)" else {
            throw .noCoin("\(text.excerpt()) is not an id of CoinMarketCap: a whole number, such as 1 for Bitcoin.")
        }
        return try await answering {
            let span = try await HistorySpan(range, self.reader, now: now)
            let historyReader = CoinHistoryReader(reader: self.reader, columns: self.columns, mostRows: Self.mostRows)
            let reading = try await historyReader.read(id, range, aggregation, in: span.minutes, now: now)
            if !reading.mayHaveCoin, try await !self.index.has(id) {
                throw Problem.noCoin("No list that is known has the coin \(id).")
            }
            let next = reading.history.next.map { next in
                "<\(Self.location(request, replacing: "from", with: "\(next)"))>; rel=\"next\""
            }
            return self.respond(
                try reading.body(format), format, request,
                isSettled: range.isAbsolute && span.isSettled && reading.isWhole, link: next, digits: reading.digits,
                now)
        }
    }

    // MARK: Coins by symbol

    private func coins(_ request: Request) async throws(Problem) -> Response {
        let values = try request.query.values(of: ["symbol"])
        guard let symbol = values["symbol"], !symbol.isEmpty else {
            throw .badParameter("symbol", "The parameter symbol is missing.", accepted: "a symbol, such as LUNA")
        }
        return try await answering {
            let bearers = try await self.index.bearers(of: symbol)
            return .json(
                JSONRows.array(bearers) { bearer, writer in
                    writer.member(ColumnTitle.id, bearer.id)
                    writer.member(ColumnTitle.symbol, bearer.symbol)
                    writer.member("First", "\(bearer.first)")
                    writer.member("Last", "\(bearer.last)")
                })
        }
    }

    // MARK: Lists of many minutes

    private func lists(_ request: Request) async throws(Problem) -> Response {
        let now = clock.now
        let values = try request.query.values(of: HistoryRange.parameters + ["limit", "format"])
        let range = try HistoryRange(values, step: 60, now: now)
        let format = try ListQuery.format(values["format"], accept: request[.accept])
        let limit = try values["limit"].map(ListQuery.limit) ?? Self.defaultLimit
        return try await answering {
            guard let turn = self.turns.take() else {
                throw Problem.unavailable(
                    "history-busy", "Too many others are being sent lists", "Each holds an hour of lists in memory.",
                    retryAfter: self.clock.positiveHeaderSeconds(.seconds(5)))
            }
            let minutes = try await HistorySpan(range, self.reader, now: now).minutes
            let lists = ListsWriter(self.reader, range, limit: limit, format, self.columns, now: now)
            let body = BodyStream { writer in
                defer { _ = turn }
                var lists = lists
                try await lists.write(minutes) { piece in try await writer.write(piece) }
            }
            // It only turns out while sending whether everything can be read.
            let fields = [
                (HTTPField.Name.contentType, format.mediaType), (.vary, "Accept"),
                (.cacheControl, self.cacheControl(isSettled: false)),
            ]
            return Response(200, .stream(body), fields + Self.field(await self.digits(in: minutes, now)))
        }
    }

    /// The number of digits of the oldest block in the range, because days are rounded in chronological order.
    private func digits(in minutes: Range<Minute>, _ now: Timestamp) async -> Int? {
        // If no store answers, the lists come from Redis, with all digits.
        guard let names = try? await reader.names(), let name = names.first(where: { $0.end > minutes.lowerBound }),
            name.first < minutes.upperBound,
            case .read(let digits)? = try? await reader.part(of: name.first, now: now, { try await $0.block.digits() })
        else { return nil }
        return digits
    }

    private static func field(_ digits: Int?) -> [(HTTPField.Name, String)] {
        digits.map { [(.significantDigits, "\($0)")] } ?? []
    }

    // MARK: The blocks

    private func overview(_ request: Request) async throws(Problem) -> Response {
        _ = try request.query.values(of: [])
        return try await answering {
            let blocks = try await self.blocks()
            return .json(HistoryOverview.json(blocks))
        }
    }

    private func blocks() async throws -> [HistoryOverview.BlockInfo] {
        var infos: [HistoryOverview.BlockInfo] = []
        for block in try await reader.listed() {
            do {
                guard let facts = try await facts.facts(of: block) else { continue }
                infos.append(HistoryOverview.BlockInfo(name: block.name, state: .known(facts)))
            } catch let failure as ArchiveFailure where failure.isDamage {
                infos.append(HistoryOverview.BlockInfo(name: block.name, state: .damaged("\(failure)")))
            }
        }
        return infos
    }

    private func block(_ request: Request) async throws(Problem) -> Response {
        _ = try request.query.values(of: [])
        let text = String(request.segment(1))
        guard let name = BlockName(text) else {
            throw .noBlock("\(text.excerpt()) is not the name of a block: 2026-11-28.tape or 2026-11-28T13.tape.")
        }
        return try await answering {
            guard let found = try await self.reader.stored(name) else {
                throw Problem.noBlock("No store has \(name).")
            }
            // A block with missing minutes may still be replaced.
            let isWhole = found.block.count(.missing) == 0
            let download = BlockDownload(
                found, digest: try await self.facts.digest(of: found),
                fields: Self.field(try await found.block.digits()))
            return try download.response(
                to: request, cacheControl: self.cacheControl(isSettled: isWhole), now: self.clock.now)
        }
    }

    // MARK: Shared by all routes

    private func respond(
        _ body: ByteBuffer, _ format: ListFormat, _ request: Request, isSettled: Bool, link: String?, digits: Int?,
        _ now: Timestamp
    ) -> Response {
        let coding = AcceptEncoding(request[.acceptEncoding]).coding(forSize: body.readableBytes)
        let digest = Digest.sha256(Array(body.readableBytesView)).prefix(32)
        var representation = Representation(
            mediaType: format.mediaType, tag: coding == .gzip ? "\"\(digest)-gzip\"" : "\"\(digest)\"", coding: coding,
            cacheControl: cacheControl(isSettled: isSettled), vary: "Accept, Accept-Encoding", link: link
        ) { [coding == .gzip ? Gzip.compressed(body) : body] }
        representation.significantDigits = digits
        switch representation.verdict(of: RequestConditions(request), now: now) {
        case .respond: return representation.response(isNotModified: false)
        case .notModified: return representation.response(isNotModified: true)
        case .failed: return Problem.preconditionFailed.response
        }
    }

    private func cacheControl(isSettled: Bool) -> String {
        isSettled && allowsImmutable ? Freshness.immutable(clock).cacheControl : "public, no-cache"
    }

    /// Turns errors into problems.
    private func answering(_ body: () async throws -> Response) async throws(Problem) -> Response {
        do {
            return try await body()
        } catch let problem as Problem {
            throw problem
        } catch is CoinIndex.NotReady {
            throw .unavailable(
                "history-loading", "The history is still being read",
                "Blocks are read to learn which coins there were.",
                retryAfter: clock.positiveHeaderSeconds(.seconds(5)))
        } catch {
            throw .unavailable(
                "history-unavailable", "The history cannot be read now", "\(error)",
                retryAfter: clock.positiveHeaderSeconds(.seconds(5)))
        }
    }

    private static func aggregation(_ text: String) throws(Problem) -> CoinHistory.Aggregation {
        guard let aggregation = CoinHistory.Aggregation(rawValue: text) else {
            let known = CoinHistory.Aggregation.allCases.map(\.rawValue)
            throw .badParameter(
                "agg", "There is no aggregation \(text.excerpt()).", accepted: known.joined(separator: ", "),
                nearest: EditDistance.nearest(to: text, among: known))
        }
        return aggregation
    }

    /// The request's target with one parameter replaced.
    private static func location(_ request: Request, replacing name: String, with value: String) -> String {
        let others = request.query.text.split(separator: "&").filter { parameter in
            PercentEncoding.decode(parameter.prefix { $0 != "=" }, plusIsSpace: true) != name
        }
        return "\(request.path)?" + (others.map(String.init) + ["\(name)=\(value)"]).joined(separator: "&")
    }
}

extension Problem {
    static func noCoin(_ detail: String) -> Problem {
        Problem(code: "no-coin", status: 404, title: "There is no such coin", detail: detail)
    }

    static func noBlock(_ detail: String) -> Problem {
        Problem(code: "no-block", status: 404, title: "There is no such block", detail: detail)
    }
}
