import Basics
import HTTPServer
import HTTPTypes
import NIOCore
import Redis
import Tape
import TopLists

/// `GET /`: the first rows of the newest list, or of a minute's list; on one event loop.
///
/// If the rows are cached, it answers at once; otherwise later.
final class ListRoute {
    static let path = "/"

    let counts = RouteMetrics(path)
    private let loop: ServerLoop
    private let newest: NewestList
    private let history: ListHistory
    private let representations: ListRepresentations
    private let onDemand: OnDemand?
    private let margin: Duration
    private var kept = KeptResponses(capacity: 4_000_000)

    private var clock: TapeClock { representations.clock }

    /// `margin` is how old the newest list may be to stand in for the present minute.
    init(
        loop: ServerLoop, newest: NewestList, history: ListHistory, representations: ListRepresentations,
        onDemand: OnDemand?, margin: Duration
    ) {
        self.loop = loop
        self.newest = newest
        self.history = history
        self.representations = representations
        self.onDemand = onDemand
        self.margin = margin
    }

    /// How many neighbours of a minute are tried.
    private static let mostTries = 5

    private struct Asked {
        let query: ListQuery
        let encoding: AcceptEncoding
        let conditions: RequestConditions
    }

    func respond(to request: Request) throws(Problem) -> Answer.Outcome {
        try request.requireReading()
        let now = clock.now
        let query = try ListQuery(request.query, accept: request[.accept], now: now)
        let asked = Asked(
            query: query, encoding: AcceptEncoding(request[.acceptEncoding]), conditions: RequestConditions(request))
        return try serve(asked, now: now, mayWait: true)
    }

    /// `mayWait` allows to wait for the first list, if one is being made on demand.
    private func serve(_ asked: Asked, now: Timestamp, mayWait: Bool) throws(Problem) -> Answer.Outcome {
        let list = newest.current
        let target = ListLookup(now: now, margin: margin).target(of: asked.query.datetime)
        if target.isPresent(now), let onDemand {
            let isComing = onDemand.found(list?.minute)
            if list == nil, isComing, mayWait { return whenListComes(asked) }
        }
        switch target {
        case .newest:
            guard let rows = list?.rows(asked.query) else { throw noListYet }
            return try response(rows, asked)
        case .future:
            throw .badParameter(
                "datetime", "The minute lies more than 60 s in the future; it is \(Minute(containing: now)) now.",
                accepted: DateTimeParameter.accepted)
        case .minute(let minute):
            let rows = list?.minute == minute ? list?.rows(asked.query) : history.atHand(minute, asked.query)
            return try rows.map { (rows) throws(Problem) in try response(rows, asked) } ?? find(minute, asked)
        }
    }

    private func whenListComes(_ asked: Asked) -> Answer.Outcome {
        let promise = loop.loop.makePromise(of: Response.self)
        let waiting = NIOLoopBound((self, asked), eventLoop: loop.loop)
        Task(executorPreference: loop.executor) { [newest] in
            _ = await newest.first(within: OnDemand.patience)
            let (route, asked) = waiting.value
            Answer.Outcome { () throws(Problem) in try route.serve(asked, now: route.clock.now, mayWait: false) }
                .cascade(to: promise)
        }
        return .pending(promise.futureResult)
    }

    // MARK: Lists of the past

    /// `tries` is how many minutes were tried before, because those have no list.
    private func find(_ minute: Minute, _ asked: Asked, tries: Int = 0) -> Answer.Outcome {
        let promise = loop.loop.makePromise(of: Response.self)
        let waiting = NIOLoopBound((self, asked), eventLoop: loop.loop)
        history.find(minute, asked.query, on: loop.executor) { finding in
            waiting.eventLoop.runNow {
                let (route, asked) = waiting.value
                Answer.Outcome { () throws(Problem) in
                    try route.outcome(of: finding, for: minute, asked, tries: tries)
                }.cascade(to: promise)
            }
        }
        return .pending(promise.futureResult)
    }

    private func outcome(
        of finding: Result<ListHistory.Finding, any Error>, for minute: Minute, _ asked: Asked, tries: Int
    ) throws(Problem) -> Answer.Outcome {
        if case .success(.list(let list)) = finding, let rows = list.rows(asked.query) {
            return try response(rows, asked)
        }
        // The newest list may be known even if the past cannot be read.
        if finding.mayBeLater, let rows = standIn(for: minute, asked.query) {
            return try response(rows, asked)
        }
        let unavailable = Problem.unavailable(
            "history-unavailable", "The history cannot be read now", "The store of lists does not answer.",
            retryAfter: clock.positiveHeaderSeconds(.seconds(5)))
        guard case .success(let finding) = finding else { return .ready(unavailable.response) }
        let promise = loop.loop.makePromise(of: Response.self)
        let waiting = NIOLoopBound((self, asked), eventLoop: loop.loop)
        Task(executorPreference: loop.executor) { [history] in
            let near = try? await history.neighbours(of: minute)
            let (route, asked) = waiting.value
            guard let near else { return promise.succeed(unavailable.response) }
            route.outcome(near, of: minute, finding, asked, tries: tries).cascade(to: promise)
        }
        return .pending(promise.futureResult)
    }

    /// The list of a neighbour, if the request takes one; the list of a minute may have gone although its entry has not.
    private func outcome(
        _ near: ListHistory.Neighbours, of minute: Minute, _ finding: ListHistory.Finding, _ asked: Asked, tries: Int
    ) -> Answer.Outcome {
        guard tries < Self.mostTries, let chosen = asked.query.match.choice(near, of: minute) else {
            return .ready(Problem.noList(minute, finding, near).response)
        }
        return find(chosen, asked, tries: tries + 1)
    }

    private func standIn(for minute: Minute, _ query: ListQuery) -> ServedRows? {
        guard let list = newest.current,
            ListLookup(now: clock.now, margin: margin).mayStandIn(list.minute, for: minute)
        else { return nil }
        return list.rows(query)
    }

    private var noListYet: Problem {
        .unavailable(
            "no-list-yet", "There is no list yet",
            "\(newest.absence). The first list follows the first minute that is fetched and joined.",
            retryAfter: clock.positiveHeaderSeconds(.seconds(5)))
    }

    // MARK: Responses with a list

    private func response(_ rows: ServedRows, _ asked: Asked) throws(Problem) -> Answer.Outcome {
        if let most = asked.query.maxAge, case let age = clock.now - rows.list.minute.start, age > most {
            throw .listStale(
                rows.list.minute, age: age, most: most, retryAfter: clock.positiveHeaderSeconds(.seconds(5)))
        }
        let coding = asked.encoding.coding(forSize: rows.open.readableBytes)
        var key = KeptResponses.Key(rows.list, asked.query, coding)
        if asked.conditions.isEmpty, let response = kept.response(key) { return .ready(response) }
        // The clocks are read before the response is made, so that it stays valid for at least that long.
        let (began, date, now) = (NIODeadline.now(), Timestamp.machineTime, clock.now)
        let representation = representations.representation(of: rows, coding, asked.query, now: now)
        if !asked.conditions.isEmpty {
            switch representation.verdict(of: asked.conditions, now: now) {
            case .respond: break
            case .notModified: key.isNotModified = true
            case .failed: return .ready(Problem.preconditionFailed.response)
            }
            if let response = kept.response(key) { return .ready(response) }
        }
        if !key.isNotModified, representations.takesLong(rows, coding) {
            return loop.taskElsewhere { () async throws(Problem) in representation.response(isNotModified: false) }
        }
        let response = representation.response(isNotModified: key.isNotModified)
        if rows.list.minute == newest.current?.minute || history.keepsLists {
            let lifetime = KeptResponses.lifetime(date: date, age: clock.wall(now - rows.list.minute.start))
            kept.keep(response, key, of: rows.list, until: began + lifetime)
        }
        return .ready(response)
    }
}

extension ListLookup.Target {
    /// Whether the request is for the newest list, or for a minute that may not be settled yet.
    fileprivate func isPresent(_ now: Timestamp) -> Bool {
        switch self {
        case .newest: true
        case .minute(let minute): minute >= Minute(containing: now)
        case .future: false
        }
    }
}

extension Result<ListHistory.Finding, any Error> {
    /// Whether the index may get the minute later: it does not have it now, or could not be read.
    fileprivate var mayBeLater: Bool {
        switch self {
        case .success(.nothing), .failure: true
        case .success(.list), .success(.gap): false
        }
    }
}

extension EventLoop {
    /// Runs at once if possible: Redis' replies usually arrive on the loop of the connection that made the request.
    fileprivate func runNow(_ work: @escaping @Sendable () -> Void) {
        if inEventLoop { work() } else { execute(work) }
    }
}

extension Problem {
    /// The list that would be served is older than the client wants.
    static func listStale(_ minute: Minute, age: Duration, most: Duration, retryAfter: Int64) -> Problem {
        let seconds = age.components.seconds
        var problem = unavailable(
            "list-stale", "The list is older than max_age",
            "The list is of \(minute), \(seconds) s ago, and max_age allows \(most.components.seconds) s.",
            retryAfter: retryAfter)
        problem.members = [("minute", .text("\(minute)")), ("age_s", .integer(Int(seconds)))]
        return problem
    }

    /// There is no list for the minute, according to `finding`; `near` has the nearest minutes with one.
    static func noList(
        _ minute: Minute, _ finding: ListHistory.Finding, _ near: ListHistory.Neighbours
    ) -> Problem {
        var detail = "There is no list for \(minute)."
        if case .gap(let gap) = finding {
            detail += " The minute is a gap (\(gap.code.excerpt())): \(gap.detail.excerpt(500))"
        }
        var problem = Problem(code: "no-list", status: 404, title: "There is no list for this minute", detail: detail)
        problem.members = [
            ("before", .optionalText(near.before.map { "\($0)" })),
            ("after", .optionalText(near.after.map { "\($0)" })),
            ("kept_since", .optionalText(near.keptSince.map { "\($0)" })),
        ]
        return problem
    }
}
