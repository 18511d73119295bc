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

/// Answers what is asked of many minutes: out of blocks, and for the last hours out of Redis.
///
/// All of it takes long for an event loop, and runs elsewhere.
final class HistoryService: Sendable {
    private let reader: ArchiveReader
    private let index: CoinIndex
    private let facts: BlockFacts
    /// The titles of the columns to serve.
    private let columns: [String]
    private let clock: TapeClock
    private let allowsImmutable: Bool
    private let streams = Streams()

    /// Rows of an answer about a coin.
    private static let mostRows = 50_000
    /// Rows of each list, where nothing else is said.
    private static let defaultLimit = 200
    /// What is written at once of a body that is made while it is sent, in bytes.
    private static let piece = 262_144

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

    // MARK: A coin's course

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
        return try await answering { try await self.prices(id, range, aggregation, format, request, now) }
    }

    private func prices(
        _ id: Int64, _ range: HistoryRange, _ aggregation: CoinCourse.Aggregation, _ format: ListFormat,
        _ request: Request, _ now: Timestamp
    ) async throws -> Response {
        let span = try await span(range, now)
        let types = try await types(in: span, now)
        let served = columns.filter { types[$0] != .string }
        let wanted = aggregation == .last ? served : [price(types), rank(types)]
        var course = CoinCourse(range, aggregation, limit: Self.mostRows)
        var digits: Int?
        var minute = span.lowerBound
        while minute < span.upperBound, course.next == nil {
            let next = try await reader.part(of: minute, now: now) { found in
                let minutes = minute..<min(span.upperBound, found.name.end)
                // All of a step's prices count, or its last row.
                let step = aggregation == .last ? range.step : 1
                let takes = try await takes(of: id, minutes, found, wanted, lastOf: step)
                return (takes: takes, end: minutes.upperBound, digits: try await found.block.digits())
            }
            switch next {
            case .read(let (takes, end, own)):
                digits = [digits, own].compactMap(\.self).min()
                for take in takes where course.next == nil { course.take(take.minute, take.cells, gap: take.gap) }
                minute = end
            case .missing(let end), .unreadable(_, let end):
                let code = next.gap
                for minute in (minute..<min(span.upperBound, end)).each { course.take(minute, nil, gap: code) }
                minute = end
            }
        }
        course.finish()
        // What cannot be read may have the coin.
        let mayBeKnown = course.rows.contains { row in
            if case .gap(_, let code) = row { code == "unreadable" } else { true }
        }
        if !mayBeKnown, try await !index.has(id) {
            throw Problem.noCoin("No list that is known has the coin \(id).")
        }
        let titles = aggregation == .last ? served : ["Open", "High", "Low", "Close", "Rank"]
        let body = try Self.body(course.rows, format, titles, wanted, types)
        let next = course.next.map { next in
            "<\(Self.location(request, replacing: "from", with: "\(next)"))>; rel=\"next\""
        }
        // What is missing or damaged may yet be copied from elsewhere.
        let isWhole = !course.rows.contains { row in
            if case .gap(_, let code) = row { Self.mendable.contains(code) } else { false }
        }
        return respond(
            body, format, request, isSettled: range.isAbsolute && span.isSettled && isWhole, link: next,
            digits: digits, now)
    }

    /// The codes of gaps that a block of another host may fill.
    private static let mendable: Set<String> = ["missing", "unreadable"]

    /// What a course takes of the minutes: cells or the code of a gap.
    private func takes(
        of id: Int64, _ minutes: Range<Minute>, _ found: ArchiveReader.Found, _ wanted: [String], lastOf step: Int
    ) async throws -> [(minute: Minute, cells: [[UInt8]?]?, gap: String)] {
        let offsets = found.offset(of: minutes.lowerBound)..<found.offset(of: minutes.upperBound)
        let rows = try await found.block.rows(ofCoin: id, in: offsets, columns: wanted, lastOf: step)
        var takes: [(minute: Minute, cells: [[UInt8]?]?, gap: String)] = []
        takes.reserveCapacity(offsets.count)
        var row = 0
        for offset in offsets {
            let minute = found.name.first.advanced(byMinutes: offset)
            if row < rows.count, rows.minutes[row] == offset {
                defer { row += 1 }
                // Another row of the step follows.
                if row + 1 < rows.count, rows.minutes[row + 1] / step == offset / step { continue }
                takes.append((minute, wanted.indices.map { rows.cell(row, $0).map(Array.init) }, ""))
                continue
            }
            let code =
                switch found.block.kind(offset) {
                case .gap: try await found.block.gap(offset)?.code ?? "missing"
                case .list: found.block.isRaw(offset) ? "unreadable" : "not-listed"
                case .missing, nil: "missing"
                }
            takes.append((minute, nil, code))
        }
        return takes
    }

    private static func body(
        _ rows: [CoinCourse.Row], _ format: ListFormat, _ titles: [String], _ wanted: [String],
        _ types: [String: ListColumn.Kind]
    ) throws -> ByteBuffer {
        // Of an aggregation all but the rank are prices.
        let kinds = titles.count == wanted.count ? wanted : Array(repeating: wanted[0], count: 4) + [wanted[1]]
        let columns = zip(titles, kinds).map { ListColumn(name: $0, type: types[$1] ?? .decimal) }
        var body = HistoryBody(format, titles)
        var csv: [UInt8] = []
        func flush() throws {
            guard !csv.isEmpty else { return }
            try body.append(csv, columns)
            csv = []
        }
        for row in rows {
            switch row {
            case .cells(let minute, let cells):
                csv += "\(minute)".utf8
                for cell in cells {
                    csv.append(UInt8(ascii: ","))
                    csv += cell ?? []
                }
                csv += CSV.endOfLine
            case .gap(let minute, let code):
                try flush()
                body.append(gap: code, at: minute)
            }
        }
        try flush()
        return body.finish()
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
                    writer.member("CMC ID", bearer.id)
                    writer.member("Symbol", bearer.symbol)
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
            let span = try await self.span(range, now)
            guard let turn = self.streams.turn() else {
                throw Problem.unavailable(
                    "history-busy", "Too many others are being sent lists", "Each holds an hour of lists in memory.",
                    retryAfter: self.clock.positiveHeaderSeconds(.seconds(5)))
            }
            let body = BodyStream { [self] writer in
                defer { _ = turn }
                var body = HistoryBody(format, columns)
                try await write(span, range, limit, &body, now) { piece in try await writer.write(piece) }
            }
            // Whether all of it is there shows when it is sent.
            let fields = [
                (HTTPField.Name.contentType, format.mediaType), (.vary, "Accept"),
                (.cacheControl, self.cacheControl(isSettled: false)),
            ]
            return Response(200, .stream(body), fields + Self.field(await self.digits(in: span, now)))
        }
    }

    /// How many digits the oldest block of the span has: days are rounded in the order of time.
    private func digits(in span: Span, _ now: Timestamp) async -> Int? {
        // Where no store answers the lists come out of Redis, with all digits.
        guard let names = try? await reader.names(), let name = names.first(where: { $0.end > span.lowerBound }),
            name.first < span.upperBound,
            case .read(let digits)? = try? await reader.part(of: name.first, now: now, { try await $0.block.digits() })
        else { return nil }
        return digits
    }

    private static func field(_ digits: Int?) -> [(HTTPField.Name, String)] {
        digits.map { [(.significantDigits, "\($0)")] } ?? []
    }

    /// Writes the last list of each step, step by step.
    private func write(
        _ span: Span, _ range: HistoryRange, _ limit: Int, _ body: inout HistoryBody, _ now: Timestamp,
        _ send: (ByteBuffer) async throws -> Void
    ) async throws {
        var step = span.lowerBound
        while step < span.upperBound {
            if range.step == 1 {
                try await writeHour(&step, to: span.upperBound, limit, &body, now, send)
            } else {
                let end = min(span.upperBound, range.start(of: step).advanced(byMinutes: range.step))
                try await writeLast(step..<end, range, limit, &body, now)
                step = end
            }
            if body.size >= Self.piece { try await send(body.take()) }
        }
        try await send(body.finish())
    }

    /// Writes all lists from `next` on up to the end of its hour, which are decoded together.
    ///
    /// Where a block turns out to be damaged, another one goes on at the minute that is next.
    private func writeHour(
        _ next: inout Minute, to limitOfRange: Minute, _ limit: Int, _ body: inout HistoryBody, _ now: Timestamp,
        _ send: (ByteBuffer) async throws -> Void
    ) async throws {
        let end = min(limitOfRange, BlockName.hour(of: next).end)
        var (own, minute) = (body, next)
        defer { (body, next) = (own, minute) }
        let all = try await reader.part(of: minute, now: now) { found in
            try await found.block.lists(
                from: found.offset(of: minute), upTo: found.offset(of: end), first: limit
            ) { offset, csv in
                let place = found.name.first.advanced(byMinutes: offset)
                while minute < place { try await Self.append(gapAt: &minute, found, &own) }
                Self.append(csv, offset, found, limit, &own)
                minute = place.advanced(byMinutes: 1)
                if own.size >= Self.piece { try await send(own.take()) }
            }
            while minute < end { try await Self.append(gapAt: &minute, found, &own) }
        }
        // Of what could not be read.
        while minute < end {
            own.append(gap: all.gap, at: minute)
            minute = minute.advanced(byMinutes: 1)
        }
    }

    /// The last list within the minutes, or a gap of the code of the last.
    private func writeLast(
        _ minutes: Range<Minute>, _ range: HistoryRange, _ limit: Int, _ body: inout HistoryBody, _ now: Timestamp
    ) async throws {
        let step = range.start(of: minutes.lowerBound)
        var end = minutes.upperBound
        var newest: String?
        while end > minutes.lowerBound {
            let last = end.advanced(byMinutes: -1)
            let part = try await reader.part(of: last, now: now) { found in
                let start = max(minutes.lowerBound, found.name.first)
                var gap: String?
                for offset in (found.offset(of: start)..<found.offset(of: end)).reversed() {
                    if found.block.kind(offset) == .list, let csv = try await found.block.list(offset, first: limit) {
                        return (start: start, found: (csv: csv, offset: offset, block: found) as Found?, gap: gap)
                    }
                    if gap == nil { gap = try await found.block.gap(offset)?.code ?? "missing" }
                }
                return (start, nil, gap)
            }
            switch part {
            case .read((_, let list?, _)):
                return Self.append(list.csv, list.offset, list.block, limit, &body, as: step)
            case .read((let start, nil, let gap)):
                newest = newest ?? gap
                end = start
            case .missing, .unreadable:
                newest = newest ?? part.gap
                end = max(minutes.lowerBound, BlockName.hour(of: last).first)
            }
        }
        body.append(gap: newest ?? "missing", at: step)
    }

    private typealias Found = (csv: [UInt8], offset: Int, block: ArchiveReader.Found)

    /// Appends a list's rows, each with the minute in front.
    private static func append(
        _ csv: [UInt8], _ offset: Int, _ found: ArchiveReader.Found, _ limit: Int, _ body: inout HistoryBody,
        as minute: Minute? = nil
    ) {
        let minute = minute ?? found.name.first.advanced(byMinutes: offset)
        guard let columns = found.block.columns(offset) else {
            body.append(gap: "unreadable", at: minute)
            return
        }
        do throws(StoredList.Failure) {
            try body.append(csv, columns, at: minute, first: limit)
        } catch {
            // As for `GET /`: the list is not what its entry says.
            body.append(gap: "unreadable", at: minute)
        }
    }

    private static func append(
        gapAt minute: inout Minute, _ found: ArchiveReader.Found, _ body: inout HistoryBody
    ) async throws {
        let code = try await found.block.gap(found.offset(of: minute))?.code ?? "missing"
        body.append(gap: code, at: minute)
        minute = minute.advanced(byMinutes: 1)
    }

    // MARK: What there is

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
                guard let (facts, digits) = try await facts.facts(of: block) else { continue }
                infos.append(HistoryOverview.BlockInfo(name: block.name, state: .known(facts, digits: digits)))
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
            // A block that lacks minutes may yet be replaced.
            let isWhole = found.block.count(.missing) == 0
            let download = BlockDownload(
                found, digest: try await self.facts.digest(of: found),
                fields: Self.field(try await found.block.digits()))
            return try download.response(
                to: request, cacheControl: self.cacheControl(isSettled: isWhole), now: self.clock.now)
        }
    }

    // MARK: What all have in common

    /// The minutes of a range that can be known: from the first that is kept to the last that is over.
    private struct Span {
        let lowerBound: Minute
        let upperBound: Minute
        /// Whether nothing of it can change any more.
        let isSettled: Bool
    }

    private func span(_ range: HistoryRange, _ now: Timestamp) async throws -> Span {
        // A minute that is not settled yet is no gap.
        let end = try await reader.newest()?.advanced(byMinutes: 1) ?? range.from
        let to = min(range.to, end)
        let oldest = try await reader.oldest()
        let from = max(range.from, oldest ?? range.from)
        return Span(
            lowerBound: min(from, to), upperBound: to,
            isSettled: range.to == to && now - range.to.start > .seconds(300) && range.from >= oldest ?? range.from)
    }

    /// What the columns of the newest lists in the range are.
    private func types(in span: Span, _ now: Timestamp) async throws -> [String: ListColumn.Kind] {
        var end = span.upperBound
        var looks = 0
        while end > span.lowerBound, looks < 50 {
            looks += 1
            let last = end.advanced(byMinutes: -1)
            let part = try await reader.part(of: last, now: now) { found in
                let columns = (0...found.offset(of: last)).reversed().lazy.compactMap(found.block.columns).first
                return (columns: columns, first: found.name.first)
            }
            switch part {
            case .read((let columns?, _)):
                return Dictionary(columns.map { ($0.name, $0.type) }, uniquingKeysWith: { first, _ in first })
            case .read((nil, let first)): end = first
            case .missing, .unreadable: end = BlockName.hour(of: last).first
            }
        }
        return ["Rank": .integer, "Symbol": .string, "Price USD": .decimal]
    }

    private func price(_ types: [String: ListColumn.Kind]) -> String {
        columns.first { types[$0] == .decimal } ?? "Price USD"
    }

    private func rank(_ types: [String: ListColumn.Kind]) -> String {
        columns.first { types[$0] == .integer } ?? "Rank"
    }

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

    /// Makes a problem of what goes wrong.
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

    private static func aggregation(_ text: String) throws(Problem) -> CoinCourse.Aggregation {
        guard let aggregation = CoinCourse.Aggregation(rawValue: text) else {
            let known = CoinCourse.Aggregation.allCases.map(\.rawValue)
            throw .badParameter(
                "agg", "There is no aggregation \(text.excerpt()).", accepted: known.joined(separator: ", "),
                nearest: EditDistance.nearest(to: text, among: known))
        }
        return aggregation
    }

    /// The request's target with one parameter changed.
    private static func location(_ request: Request, replacing name: String, with value: String) -> String {
        let others = request.query.text.split(separator: "&").filter { parameter in
            PercentEncoding.decode(parameter.prefix { $0 != "=" }, plusIsSpace: true) != name
        }
        return "\(request.path)?" + (others.map(String.init) + ["\(name)=\(value)"]).joined(separator: "&")
    }
}

/// How many bodies are made while they are sent: a slow client holds up to an hour of lists, some 10 MB.
private final class Streams: Sendable {
    private let count = Mutex(0)

    private static let most = 16

    /// To be held as long as the body is sent; nil if there are too many.
    func turn() -> Turn? {
        let isFree = count.withLock { count in
            guard count < Self.most else { return false }
            count += 1
            return true
        }
        return isFree ? Turn(self) : nil
    }

    final class Turn: Sendable {
        private let streams: Streams

        fileprivate init(_ streams: Streams) {
            self.streams = streams
        }

        deinit { streams.count.withLock { $0 -= 1 } }
    }
}

extension ArchiveReader.Part {
    /// The code of the gap that stands for what could not be read.
    fileprivate var gap: String {
        if case .unreadable = self { "unreadable" } else { "missing" }
    }
}

extension Range<Minute> {
    /// Its minutes, one after the other.
    fileprivate var each: some Sequence<Minute> {
        sequence(first: lowerBound) { $0.advanced(byMinutes: 1) }.lazy.prefix { $0 < upperBound }
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
