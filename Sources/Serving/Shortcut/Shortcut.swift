import Basics
import CoreMetrics
import HTTPTypes
import NIOCore
import PlainRequests
import Redis
import Tape
import Telemetry

/// Answers requests for lists on their connection's event loop, without the routes; without a task too, but for those of the
/// past of which nothing is known yet.
///
/// Belongs to an event loop. Whatever is not plainly such a request is left to the routes, which give the same answer to
/// those that are, byte for byte. What is asked again is known by its outline, and its answer is kept as long as it holds.
final class Shortcut {
    private let answers: ListAnswers
    /// nil where the routes look for all lists of the past.
    private let history: ListHistory?
    private let onDemand: OnDemand?
    /// nil for an api that takes no orders.
    let orders: OrderShortcut?
    private let loop: any EventLoop
    let executor: LoopExecutor
    /// For answers that come of Redis' replies.
    let flush: SharedFlush
    private let date: DateField
    private let counts: RouteMetrics
    /// Of answers with a list, and of those to who knows it already.
    private let (ok, notModified): (RouteMetrics.Instruments, RouteMetrics.Instruments)
    private var memo = OutlineMemo<Result<ListRequest?, Problem>>(capacity: 4_000)
    private var kept = KeptAnswers(capacity: 4_000_000)
    /// This loop's own reference: nobody else's lock is taken to read it.
    private var newest: ServedList?

    init(
        answers: ListAnswers, history: ListHistory?, onDemand: OnDemand?, orders: OrderShortcut?, date: DateField,
        counts: RouteMetrics, loop: any EventLoop
    ) {
        self.orders = orders
        self.counts = counts
        self.loop = loop
        executor = LoopExecutor(loop)
        flush = SharedFlush(loop)
        self.answers = answers
        self.history = history
        self.onDemand = onDemand
        self.date = date
        ok = counts.instruments("/", status: 200)
        notModified = counts.instruments("/", status: 304)
    }

    /// Older lists than the one that is there do not replace it.
    func show(_ newer: ServedList) {
        if let newest, newest.minute > newer.minute { return }
        newest = newer
        // Answers that nobody asks for any more would keep older lists in memory.
        kept.removeAll()
    }

    /// Reads one whole request; nil when it is one for the routes, a problem when it cannot be understood.
    func read(_ request: ByteBuffer) throws(Problem) -> ListRequest? {
        guard let outline = RequestOutline(of: request, ListRequest.fields) else { return nil }
        return try memo.value(of: outline) { Result { () throws(Problem) in try ListRequest(outline) } }.get()
    }

    func answer(_ problem: Problem) -> ImmediateAnswer {
        ImmediateAnswer(problem.answer, date: date.text(Timestamp.machineTime), isLast: false)
    }

    /// nil as long as there is no list, and for one that has to be looked for.
    func answer(to request: ListRequest, now: NIODeadline) -> ImmediateAnswer? {
        guard let newest else { return nil }
        if request.minute == nil { _ = onDemand?.found(newest.minute) }
        if let kept = request.answer, kept.minute == request.minute ?? newest.minute, kept.until > now {
            return kept.answer
        }
        return rows(for: request, newest).flatMap { answer(to: request, with: $0, now: now) }
    }

    /// nil for an answer that takes long to make: the routes make it, on another thread, and it is at hand the next time.
    func answer(to request: ListRequest, with rows: ServedRows, now: NIODeadline) -> ImmediateAnswer? {
        let served = ListRepresentation(rows, request.accepted)
        if answers.takesLong(served) { return nil }
        let (tape, wall) = (answers.clock.now, Timestamp.machineTime)
        let representation = answers.representation(of: served, request.query, now: tape)
        let answer = ImmediateAnswer(
            representation, isKnown: representation.isKnown(by: request.conditions, now: tape), isHEAD: request.isHEAD,
            date: date.text(wall))
        if mayKeep(rows.list.minute) {
            let minute = rows.list.minute
            let age = answers.clock.wall(tape - minute.start)
            kept.keep(ListRequest.Kept(answer, minute, age: age, date: wall, now: now), of: request)
        }
        return answer
    }

    /// The minute of a list of the past that may be looked for here; nil for one that the routes have to look for.
    func pastMinute(of request: ListRequest) -> Minute? {
        guard history != nil, let minute = past(request), ListPart(minute, request.query).isSmall else { return nil }
        return minute
    }

    enum Past {
        case rows(ServedRows)
        /// Why there are none; nil where the routes have to find that out.
        case missing(Problem?)
    }

    /// Looks for a list of the past; `complete` is called on the loop.
    func find(_ minute: Minute, for request: ListRequest, _ complete: @escaping (Past) -> Void) {
        let waiting = NIOLoopBound((request.query, complete), eventLoop: loop)
        history?.find(minute, request.query, on: executor) { [loop, executor, history] finding in
            loop.runNow {
                let (query, complete) = waiting.value
                guard case .success(let finding) = finding else { return complete(.missing(nil)) }
                if case .list(let list) = finding {
                    return complete(list.rows(query).map(Past.rows) ?? .missing(nil))
                }
                Task(executorPreference: executor) {
                    let near = try? await history?.neighbours(of: minute)
                    waiting.value.1(.missing(near.map { .noList(minute, finding, $0) }))
                }
            }
        }
    }

    /// nil for what the routes have to answer.
    func answer(to request: ListRequest, with past: Past, now: NIODeadline) -> ImmediateAnswer? {
        switch past {
        case .rows(let rows): answer(to: request, with: rows, now: now)
        case .missing(let problem?) where !request.isHEAD: answer(problem)
        case .missing: nil
        }
    }

    func sent(_ answer: ImmediateAnswer, after duration: TimeAmount) {
        let instruments =
            switch answer.status {
            case 200: ok
            case 304: notModified
            default: counts.instruments("/", status: answer.status)
            }
        instruments.record(nanoseconds: duration.nanoseconds)
    }

    private func rows(for request: ListRequest, _ newest: ServedList) -> ServedRows? {
        if request.minute == nil { return newest.rows(request.query) }
        guard let minute = past(request) else { return nil }
        return newest.minute == minute ? newest.rows(request.query) : history?.atHand(minute, request.query)
    }

    /// For the present minute another may have to stand in: that is the routes' to decide.
    private func past(_ request: ListRequest) -> Minute? {
        guard let minute = request.minute, minute < Minute(containing: answers.clock.now) else { return nil }
        return minute
    }

    /// What is sent of an order's answer.
    func answer(_ answer: Answer, after duration: TimeAmount, isLast: Bool) -> ImmediateAnswer {
        counts.instruments("/buy_order", status: answer.status.code).record(nanoseconds: duration.nanoseconds)
        return ImmediateAnswer(answer, date: date.text(Timestamp.machineTime), isLast: isLast)
    }

    /// Where no list of the past is to be kept, neither are answers with one.
    private func mayKeep(_ minute: Minute) -> Bool { minute == newest?.minute || history?.keepsLists ?? false }
}

extension EventLoop {
    /// At once where that is possible: a reply of Redis comes on the loop of who asked, as a rule.
    fileprivate func runNow(_ work: @escaping @Sendable () -> Void) {
        if inEventLoop { work() } else { execute(work) }
    }
}
