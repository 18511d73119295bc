import Basics
import NIOCore
import NIOHTTP1
import PlainRequests

/// Stands between the socket and the HTTP decoder: lets whole requests through, and answers what is none.
final class ConnectionGuard: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    private let limits: HTTPLimits
    /// For requests that were sent ahead.
    private let turns: TurnQueue
    /// nil where the routes answer everything.
    private let shortcut: Shortcut?
    /// What this connection asked last.
    private var last: KnownRequest?
    private var gate: RequestGate
    private var timer: (task: Scheduled<Void>, at: NIODeadline)?
    private var isReadHeldBack = false
    /// A request went to the handlers behind since they were last told that a read has ended.
    private var hasPassed = false
    private var context: ChannelHandlerContext?

    init(_ limits: HTTPLimits, budget: RequestBudget, turns: TurnQueue, shortcut: Shortcut?) {
        self.limits = limits
        self.turns = turns
        self.shortcut = shortcut
        gate = RequestGate(limits, budget: budget, now: .now())
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        schedule(context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.task.cancel()
        timer = nil
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let (bytes, now) = (unwrapInboundIn(data), NIODeadline.now())
        if let answer = known(bytes, now: now) {
            gate.passed()
            give(answer, at: now, began: now, context)
        } else {
            perform(gate.received(bytes, now: now), context)
        }
    }

    /// Whoever stands behind has nothing to do for what was answered here.
    func channelReadComplete(context: ChannelHandlerContext) {
        guard hasPassed else { return }
        hasPassed = false
        context.fireChannelReadComplete()
    }

    func read(context: ChannelHandlerContext) {
        if gate.wantsBytes { context.read() } else { isReadHeldBack = true }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ChannelEvent.inputClosed: perform(gate.inputClosed(), context)
        case is ChannelShouldQuiesceEvent: perform(gate.quiesce(now: .now()), context)
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    // MARK: For AnswerWatch

    var closesAfterAnswer: Bool { gate.closesAfterAnswer }

    func answerEnded() {
        gate.answerEnded(now: .now())
        if let context { schedule(context) }
    }

    func answerWritten() {
        guard let context else { return }
        perform(inTurn: gate.answerWritten(now: .now()), context)
        // What waited here does not come out of a read, whose end would show it to the handlers behind.
        channelReadComplete(context: context)
    }

    private func pass(_ request: ByteBuffer, _ context: ChannelHandlerContext) {
        hasPassed = true
        context.fireChannelRead(wrapInboundOut(request))
    }

    /// What comes behind an answer: a request that was sent ahead waits for its turn.
    private func perform(inTurn action: RequestGate.Action, _ context: ChannelHandlerContext) {
        guard case .pass(let request) = action else { return perform(action, context) }
        turns.add { [weak self] in
            guard let self, let context = self.context else { return }
            perform(.pass(request), context)
            channelReadComplete(context: context)
        }
    }

    private func perform(_ action: RequestGate.Action, _ context: ChannelHandlerContext) {
        switch action {
        case .none: break
        case .pass(let request): serve(request, context)
        case .sayContinue: write("HTTP/1.1 100 Continue\r\n\r\n", context)
        case .refuse(let refusal, let isHEAD):
            let problem = refusal.problem(limits)
            RouteMetrics.refused(status: problem.status)
            write(problem.closingMessage(isHEAD: isHEAD), context)
            context.close(mode: .output, promise: nil)
        case .finish: context.close(mode: .output, promise: nil)
        case .close: context.close(promise: nil)
        }
        if isReadHeldBack, gate.wantsBytes {
            isReadHeldBack = false
            context.read()
        }
        schedule(context)
    }

    private func serve(_ request: ByteBuffer, _ context: ChannelHandlerContext) {
        switch way(for: request) {
        case .routes: pass(request, context)
        case .answer(let answer):
            let now = NIODeadline.now()
            give(answer, at: now, began: now, context)
        case .list(let minute, let list, let shortcut):
            let began = NIODeadline.now()
            shortcut.find(minute, for: list) { [self] past in
                found(past, for: list, else: request, began: began)
            }
        case .order(let put, let orders): place(put, with: orders, context)
        }
    }

    // MARK: Answers that need no route

    /// The answer to what this connection has asked before, between two requests.
    private func known(_ bytes: ByteBuffer, now: NIODeadline) -> ImmediateAnswer? {
        guard let shortcut, let last, gate.isBetweenRequests, last.isOf(bytes) else { return nil }
        return shortcut.answer(to: last.request, now: now)
    }

    private enum Way {
        case routes
        case answer(ImmediateAnswer)
        case list(Minute, ListRequest, Shortcut)
        case order(PlainPut, OrderShortcut)
    }

    private func way(for bytes: ByteBuffer) -> Way {
        guard let shortcut else { return .routes }
        if let orders = shortcut.orders, let put = orders.read(bytes) { return .order(put, orders) }
        guard !gate.closesAfterAnswer else { return .routes }
        let request: ListRequest
        do throws(Problem) {
            guard let read = try shortcut.read(bytes) else { return .routes }
            request = read
        } catch {
            return .answer(shortcut.answer(error))
        }
        last = KnownRequest(request, bytes)
        if let answer = shortcut.answer(to: request, now: .now()) { return .answer(answer) }
        return shortcut.pastMinute(of: request).map { .list($0, request, shortcut) } ?? .routes
    }

    /// Sends it: a large one, for which the kernel takes a quarter of a millisecond, in its turn when there are many.
    private func give(
        _ answer: ImmediateAnswer, at now: NIODeadline, began: NIODeadline, _ context: ChannelHandlerContext,
        by flush: SharedFlush? = nil
    ) {
        if !answer.isLarge {
            hand(answer, at: now, began: began, context, by: flush)
        } else if turns.hasRoom {
            hand(answer, at: now, began: began, context)
            turns.took(.now() - now)
        } else {
            turns.add { [weak self] in
                guard let self, let context = self.context else { return }
                hand(answer, at: .now(), began: began, context)
                channelReadComplete(context: context)
            }
        }
    }

    private func hand(
        _ answer: ImmediateAnswer, at now: NIODeadline, began: NIODeadline, _ context: ChannelHandlerContext,
        by flush: SharedFlush? = nil
    ) {
        let next = send(answer, began: now, context, by: flush)
        shortcut?.sent(answer, after: .now() - began)
        perform(inTurn: next, context)
    }

    /// Sends it, at once or with others, and says what is next: nothing as long as the socket has not taken all of it.
    private func send(
        _ answer: ImmediateAnswer, began: NIODeadline, _ context: ChannelHandlerContext, by flush: SharedFlush? = nil
    ) -> RequestGate.Action {
        gate.answerEnded(now: began)
        let sending = Sending()
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenSuccess { [self] in
            if sending.isUnderWay { sending.isDone = true } else { answerWritten() }
        }
        for piece in answer.pieces.dropLast() { context.write(wrapOutboundOut(.byteBuffer(piece)), promise: nil) }
        if let last = answer.pieces.last { context.write(wrapOutboundOut(.byteBuffer(last)), promise: written) }
        if let flush { flush.add(self) } else { context.flush() }
        sending.isUnderWay = false
        return sending.isDone ? gate.answerWritten(now: .now()) : .none
    }

    func flush() { context?.flush() }

    private func found(_ past: Shortcut.Past, for request: ListRequest, else bytes: ByteBuffer, began: NIODeadline) {
        guard let context, let shortcut else { return }
        let now = NIODeadline.now()
        // That the connection is to end meanwhile is the routes' to say.
        let answer = gate.closesAfterAnswer ? nil : shortcut.answer(to: request, with: past, now: now)
        if let answer {
            give(answer, at: now, began: began, context, by: shortcut.flush)
        } else {
            pass(bytes, context)
        }
        channelReadComplete(context: context)
    }

    private func place(_ put: PlainPut, with orders: OrderShortcut, _ context: ChannelHandlerContext) {
        let began = NIODeadline.now()
        let connection = NIOLoopBound(self, eventLoop: context.eventLoop)
        Task(executorPreference: shortcut?.executor) {
            let answer = await orders.answer(to: put)
            connection.value.placed(answer, began: began)
        }
    }

    private func placed(_ answer: Answer, began: NIODeadline) {
        // Whoever has gone meanwhile asks again with the same key.
        guard let context, let shortcut else { return }
        let immediate = shortcut.answer(answer, after: .now() - began, isLast: gate.closesAfterAnswer)
        perform(inTurn: send(immediate, began: began, context), context)
        channelReadComplete(context: context)
    }

    private final class Sending {
        var isUnderWay = true
        var isDone = false
    }

    private func write(_ text: String, _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(.byteBuffer(ByteBuffer(string: text))), promise: nil)
    }

    /// Sees to it that the timer goes off no later than the deadline: often it only finds that there is a later one.
    private func schedule(_ context: ChannelHandlerContext) {
        guard let deadline = gate.deadline else { return }
        if let timer {
            guard deadline < timer.at else { return }
            timer.task.cancel()
        }
        let task = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { [weak self] () -> Void in
            self?.timerWentOff()
        }
        timer = (task, deadline)
    }

    private func timerWentOff() {
        timer = nil
        guard let context else { return }
        let now = NIODeadline.now()
        if let deadline = gate.deadline, deadline <= now {
            perform(gate.deadlinePassed(now: now), context)
        } else {
            schedule(context)
        }
    }
}

/// Tells the guard when an answer has ended, and the client when it is the last one.
final class AnswerWatch: ChannelOutboundHandler {
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private let connection: ConnectionGuard

    init(_ connection: ConnectionGuard) {
        self.connection = connection
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var head) where connection.closesAfterAnswer:
            head.headers.replaceOrAdd(name: "Connection", value: "close")
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .head, .body: context.write(data, promise: promise)
        case .end:
            connection.answerEnded()
            let written = context.eventLoop.makePromise(of: Void.self)
            let connection = NIOLoopBound(connection, eventLoop: context.eventLoop)
            written.futureResult.whenSuccess { connection.value.answerWritten() }
            written.futureResult.cascade(to: promise)
            context.write(data, promise: written)
        }
    }
}
