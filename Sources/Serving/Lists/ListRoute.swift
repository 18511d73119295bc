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
    let answers: ListAnswers

    func answer(query: some StringProtocol, headers: HTTPFields) async throws(Problem) -> Response {
        let query = try ListQuery(query: query, accept: headers[.accept], now: clock.now)
        let rows = try await rows(query, clock.now)
        // A list may have been waited for.
        let now = clock.now
        let served = ListRepresentation(rows, AcceptEncoding(headers[.acceptEncoding]))
        return answers.representation(of: served, query, now: now)
            .response(RequestConditions(headers), now: now)
    }

    private func rows(_ query: ListQuery, _ now: Timestamp) async throws(Problem) -> ServedRows {
        let lookup = ListLookup(now: now, margin: margin)
        switch lookup.target(of: query.datetime) {
        case .newest:
            guard let rows = await newestList()?.rows(query) else { throw noListYet }
            return rows
        case .future:
            throw .badParameter(
                "datetime", "The minute lies more than 60 s in the future; it is \(Minute(containing: now)) now.",
                accepted: DateTimeParameter.accepted)
        case .minute(let minute):
            if minute >= Minute(containing: now) { _ = await newestList() }
            if let list = newest.current, list.minute == minute, let rows = list.rows(query) { return rows }
            return try await find(minute, query, lookup)
        }
    }

    /// What is there; on demand also the first one, which is waited for.
    private func newestList() async -> ServedList? {
        let isComing = onDemand?.found(newest.current?.minute) ?? false
        if let list = newest.current { return list }
        return isComing ? await newest.first(within: OnDemand.patience) : nil
    }

    private func find(
        _ minute: Minute, _ query: ListQuery, _ lookup: ListLookup
    ) async throws(Problem) -> ServedRows {
        do {
            let finding = try await history.find(minute, query)
            if case .list(let list) = finding, let rows = list.rows(query) { return rows }
            if case .nothing = finding, let rows = standIn(for: minute, query, lookup) { return rows }
            throw Problem.noList(minute, finding, try await history.neighbours(of: minute))
        } catch let problem as Problem {
            throw problem
        } catch {
            // The newest list may be known while the past is out of reach.
            if let rows = standIn(for: minute, query, lookup) { return rows }
            throw .unavailable(
                "history-unavailable", "The history cannot be read now", "The store of lists does not answer.",
                retryAfter: clock.positiveHeaderSeconds(.seconds(5)))
        }
    }

    private func standIn(for minute: Minute, _ query: ListQuery, _ lookup: ListLookup) -> ServedRows? {
        guard let list = newest.current, lookup.mayStandIn(list.minute, for: minute) else { return nil }
        return list.rows(query)
    }

    private var noListYet: Problem {
        .unavailable(
            "no-list-yet", "There is no list yet",
            "\(newest.absence). The first list follows the first minute that is fetched and joined.",
            retryAfter: clock.positiveHeaderSeconds(.seconds(5)))
    }
}

extension Problem {
    /// There is no list for the minute, as far as it was found; `near` are those where there is one.
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
