import Basics
import CoreMetrics
import HTTPTypes
import NIOCore
import PlainRequests
import Redis
import Tape
import Telemetry

/// Answers requests for the newest list, and for lists of the past that are at hand, on their connection's event loop,
/// without a task and without the routes.
///
/// Belongs to an event loop. Whatever is not plainly such a request is left to the routes, which give the same answer to
/// those that are, byte for byte. What is asked again is known by its outline, and its answer is kept for a moment.
final class Shortcut {
    private let answers: ListAnswers
    private let onDemand: OnDemand?
    /// nil for an api that takes no orders.
    let orders: OrderShortcut?
    let executor: LoopExecutor
    private let date: DateField
    private let counts: RouteMetrics
    /// Of answers with a list, and of those to who knows it already.
    private let (ok, notModified): (RouteMetrics.Instruments, RouteMetrics.Instruments)
    private var memo = OutlineMemo<ListRequest?>(capacity: 64)
    /// This loop's own reference: nobody else's lock is taken to read it.
    private var newest: ServedList?
    private var past: RecentLists

    /// The date and the age of an answer may be so much behind.
    private static let moment = TimeAmount.milliseconds(10)

    /// `capacity` is how many lists of the past are kept at hand.
    init(
        answers: ListAnswers, capacity: Int, onDemand: OnDemand?, orders: OrderShortcut?, date: DateField,
        counts: RouteMetrics, loop: any EventLoop
    ) {
        self.orders = orders
        self.counts = counts
        executor = LoopExecutor(loop)
        past = RecentLists(capacity: capacity)
        self.answers = answers
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
        for request in memo.all { request?.answer = nil }
    }

    /// Has a list of the past at hand from now on.
    func keep(_ list: ServedList) { past.keep(list) }

    /// Reads one whole request; nil when it is one for the routes.
    func read(_ request: ByteBuffer) -> ListRequest? {
        guard let outline = RequestOutline(of: request, ListRequest.fields) else { return nil }
        return memo.value(of: outline) { ListRequest(outline) }
    }

    /// nil as long as there is no list, and for a minute that the routes have to look for.
    func answer(to request: ListRequest, now: NIODeadline) -> ImmediateAnswer? {
        guard let list = list(for: request.minute) else { return nil }
        if let kept = request.answer, kept.minute == list.minute, kept.until > now { return kept.answer }
        // The routes make it, on another thread, and it is at hand the next time.
        if answers.takesLong(list, request.query, request.accepted) { return nil }
        let answer = made(request, list)
        request.answer = ListRequest.Kept(minute: list.minute, until: now + Self.moment, answer: answer)
        return answer
    }

    func sent(_ answer: ImmediateAnswer, after duration: TimeAmount) {
        (answer.status == 200 ? ok : notModified).record(nanoseconds: duration.nanoseconds)
    }

    private func list(for minute: Minute?) -> ServedList? {
        guard let newest else { return nil }
        guard let minute else {
            _ = onDemand?.found(newest.minute)
            return newest
        }
        // For the present minute another may have to stand in.
        guard minute < Minute(containing: answers.clock.now) else { return nil }
        return newest.minute == minute ? newest : past.use(minute)
    }

    /// What is sent of an order's answer.
    func answer(_ answer: Answer, after duration: TimeAmount, isLast: Bool) -> ImmediateAnswer {
        counts.instruments("/buy_order", status: answer.status.code).record(nanoseconds: duration.nanoseconds)
        return ImmediateAnswer(answer, date: date.text(Timestamp.machineTime), isLast: isLast)
    }

    private func made(_ request: ListRequest, _ list: ServedList) -> ImmediateAnswer {
        let now = answers.clock.now
        let representation = answers.representation(of: list, request.query, request.accepted, now: now)
        return ImmediateAnswer(
            representation, isKnown: representation.isKnown(by: request.conditions, now: now), isHEAD: request.isHEAD,
            date: date.text(Timestamp.machineTime))
    }
}
