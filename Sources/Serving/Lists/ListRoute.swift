import Basics
import HTTPTypes
import Hummingbird
import NIOCore
import Redis
import Tape
import TopLists

/// `GET /`: the first N rows of the newest list, or of a minute's.
struct ListRoute: Sendable {
    let newest: NewestList
    let history: ListHistory
    let margin: Duration
    let clock: TapeClock
    let onDemand: OnDemand?

    func answer(query: some StringProtocol, accept: String?) async throws(Problem) -> Response {
        let now = clock.now
        let query = try ListQuery(query: query, accept: accept, now: now)
        let list = try await list(for: query.datetime, now)
        return Self.response(list, query, now)
    }

    private func list(for datetime: DateTimeParameter?, _ now: Timestamp) async throws(Problem) -> RenderedList {
        let lookup = ListLookup(now: now, margin: margin)
        switch lookup.target(of: datetime) {
        case .newest:
            onDemand?.found(newest.current?.minute)
            guard let list = await newestList() else { throw Self.noListYet }
            return list
        case .future:
            throw .badParameter(
                "datetime", "The minute lies more than 60 s in the future; it is \(Minute(containing: now)) now.",
                accepted: DateTimeParameter.accepted)
        case .minute(let minute):
            if let list = newest.current, list.minute == minute { return list }
            return try await find(minute, lookup)
        }
    }

    /// What is there; on demand also the first one, which is waited for.
    private func newestList() async -> RenderedList? {
        if let list = newest.current { return list }
        guard onDemand != nil else { return nil }
        return await newest.first(within: OnDemand.patience)
    }

    private func find(_ minute: Minute, _ lookup: ListLookup) async throws(Problem) -> RenderedList {
        do {
            let finding = try await history.find(minute)
            if case .list(let list) = finding { return list }
            if case .nothing = finding, let list = newest.current, lookup.mayStandIn(list.minute, for: minute) {
                return list
            }
            throw Self.missing(minute, finding, try await history.neighbours(of: minute))
        } catch let problem as Problem {
            throw problem
        } catch {
            // The newest list may be known while the past is out of reach.
            if let list = newest.current, lookup.mayStandIn(list.minute, for: minute) { return list }
            throw .unavailable(
                "history-unavailable", "The history cannot be read now", "The store of lists does not answer.",
                retryAfter: .seconds(5))
        }
    }

    private static let noListYet = Problem.unavailable(
        "no-list-yet", "There is no list yet",
        "No minute has been joined since this tape began; the first list follows the first fetched minute.",
        retryAfter: .seconds(5))

    private static func missing(
        _ minute: Minute, _ finding: ListHistory.Finding, _ near: ListHistory.Neighbours
    ) -> Problem {
        var detail = "There is no list for \(minute)."
        if case .gap(let gap) = finding { detail += " The minute is a gap (\(gap.code)): \(gap.detail)" }
        var problem = Problem(code: "no-list", status: 404, title: "There is no list for this minute", detail: detail)
        problem.members = [
            ("before", .optionalText(near.before.map { "\($0)" })),
            ("after", .optionalText(near.after.map { "\($0)" })),
            ("kept_since", .optionalText(near.keptSince.map { "\($0)" })),
        ]
        return problem
    }

    private static func response(_ list: RenderedList, _ query: ListQuery, _ now: Timestamp) -> Response {
        var fields = HTTPFields()
        fields[.contentType] = query.format.mediaType
        fields[.lastModified] = list.minute.start.httpDate
        fields[.vary] = "Accept"
        if case .absolute = query.datetime {
        } else {
            fields[.age] = "\(max(0, (now - list.minute.start).components.seconds))"
        }
        var body = ByteBuffer()
        switch query.format {
        case .csv: body.writeBytes(list.csv(first: query.limit))
        case .json:
            body.writeBytes(list.openJSON(first: query.limit))
            body.writeStaticString("]\n")
        }
        return Response(status: .ok, headers: fields, body: ResponseBody(byteBuffer: body))
    }
}
