import NIOCore

/// One connection: reads requests, passes them to the responder one at a time, and writes the responses.
///
/// `RequestGate` decides what to do, and this carries it out. Only used on its event loop.
final class Connection: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let loop: ServerLoop
    private let responder: any Responder
    private var gate: RequestGate
    private var timer: (task: Scheduled<Void>, at: NIODeadline)?
    private var isReadHeldBack = false
    private var stream: OutgoingStream?
    private var context: ChannelHandlerContext?

    init(_ loop: ServerLoop, _ responder: any Responder) {
        self.loop = loop
        self.responder = responder
        gate = RequestGate(loop.limits, budget: loop.budget, now: .now())
    }

    // MARK: Channel events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        schedule(context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.task.cancel()
        timer = nil
        stream?.producer?.cancel()
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let now = NIODeadline.now()
        perform(gate.received(unwrapInboundIn(data), now: now), at: now, context)
    }

    func read(context: ChannelHandlerContext) {
        if gate.wantsBytes { context.read() } else { isReadHeldBack = true }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ChannelEvent.inputClosed: perform(gate.inputClosed(), at: .now(), context)
        case is ChannelShouldQuiesceEvent: perform(gate.quiesce(now: .now()), at: .now(), context)
        default: break
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    // MARK: Actions of the gate

    private func perform(_ action: RequestGate.Action, at now: NIODeadline, _ context: ChannelHandlerContext) {
        switch action {
        case .none: break
        case .respond(let request): respond(to: request, at: now)
        case .sendContinue:
            context.writeAndFlush(
                wrapOutboundOut(ByteBuffer(staticString: "HTTP/1.1 100 Continue\r\n\r\n")), promise: nil)
        case .refuse(let refusal, let isHEAD):
            let response = refusal.problem(loop.limits, methods: responder.methods).response
            responder.refusals?.count(status: response.status)
            response.forEachPiece(isHEAD: isHEAD, isLast: true) { context.write(wrapOutboundOut($0), promise: nil) }
            // Only after it is written, because this closes both sides if the client has ended its side.
            let written = write(ByteBuffer(), context)
            written.assumeIsolated().whenSuccess { context.close(mode: .output, promise: nil) }
        case .closeOutput: context.close(mode: .output, promise: nil)
        case .close: context.close(promise: nil)
        }
        if isReadHeldBack, gate.wantsBytes {
            isReadHeldBack = false
            context.read()
        }
        schedule(context)
    }

    /// Continues after a response; a request that was sent ahead waits for its turn.
    private func performInTurn(_ action: RequestGate.Action, at now: NIODeadline, _ context: ChannelHandlerContext) {
        guard case .respond = action else { return perform(action, at: now, context) }
        loop.turns.add { [weak self] in
            guard let self, let context = self.context else { return }
            perform(action, at: .now(), context)
        }
    }

    /// Makes sure that the timer fires no later than the deadline; when it fires, there is often a later deadline.
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
            perform(gate.deadlinePassed(now: now), at: now, context)
        } else {
            schedule(context)
        }
    }

    // MARK: Responses

    private func respond(to request: Request, at now: NIODeadline) {
        let answer = responder.respond(to: request)
        switch answer.outcome {
        case .ready(let response): sendInTurn(response, to: request, answer.metrics, began: now)
        case .pending(let response):
            response.assumeIsolated().whenSuccess { [self] response in
                sendInTurn(response, to: request, answer.metrics, began: now, isShared: true)
            }
        }
    }

    /// Sends the response; if many large ones are being sent, a large one waits for its turn.
    ///
    /// `isShared` means that other responses may be made in the same turn of the loop, and are flushed together.
    private func sendInTurn(
        _ response: Response, to request: Request, _ metrics: RouteMetrics?, began: NIODeadline, isShared: Bool = false
    ) {
        if !response.isLarge {
            send(response, to: request, metrics, began: began, isShared: isShared)
        } else if loop.turns.hasRoom {
            let start = NIODeadline.now()
            send(response, to: request, metrics, began: began)
            loop.turns.took(.now() - start)
        } else {
            loop.turns.add { [weak self] in self?.send(response, to: request, metrics, began: began) }
        }
    }

    private func send(
        _ response: Response, to request: Request, _ metrics: RouteMetrics?, began: NIODeadline, isShared: Bool = false
    ) {
        // The client may have disconnected in the meantime.
        guard let context else { return }
        response.forEachPiece(to: request, isLast: gate.closesAfterResponse) {
            context.write(wrapOutboundOut($0), promise: nil)
        }
        var end: NIODeadline?
        if let stream = response.stream, !request.isHEAD {
            produce(stream, isVersion10: request.isVersion10, context)
        } else {
            // A small response that was ready at once is written about when its request arrived.
            gate.wrote(now: isShared || response.isLarge ? .now() : began)
            if isShared { loop.flushLater(self) } else { end = flush() }
        }
        metrics?.record(status: response.status, nanoseconds: ((end ?? .now()) - began).nanoseconds)
    }

    /// Flushes what was written, and continues if the socket has taken all of it.
    ///
    /// Returns the time after the flush.
    @discardableResult func flush() -> NIODeadline {
        context?.flush()
        let now = NIODeadline.now()
        sent(at: now)
        return now
    }

    /// With this channel's water mark, it becomes writable again when the socket has taken everything.
    func channelWritabilityChanged(context: ChannelHandlerContext) {
        sent(at: .now())
    }

    private func sent(at now: NIODeadline) {
        guard let context else { return }
        guard context.channel.isWritable else { return schedule(context) }
        performInTurn(gate.sentResponse(now: now), at: now, context)
    }

    /// The future succeeds when the socket has taken the piece and everything before it.
    private func write(_ piece: ByteBuffer, _ context: ChannelHandlerContext) -> EventLoopFuture<Void> {
        let promise = context.eventLoop.makePromise(of: Void.self)
        context.writeAndFlush(wrapOutboundOut(piece), promise: promise)
        return promise.futureResult
    }

    // MARK: Streamed bodies

    private struct OutgoingStream {
        let isChunked: Bool
        /// The bytes that are still to come, for a body with a length.
        var left: Int?
        var producer: Task<Void, Never>?
    }

    private struct StreamTooLong: Error {}

    private func produce(_ body: BodyStream, isVersion10: Bool, _ context: ChannelHandlerContext) {
        context.flush()
        stream = OutgoingStream(isChunked: body.length == nil && !isVersion10, left: body.length)
        let (connection, eventLoop) = (NIOLoopBound(self, eventLoop: context.eventLoop), context.eventLoop)
        let writer = BodyWriter { piece in
            try await eventLoop.flatSubmit { connection.value.writePart(piece) }.get()
        }
        // Not on the loop, because a producer's computations would block other connections.
        stream?.producer = Task {
            do {
                try await body.produce(writer)
                eventLoop.execute { connection.value.endStream(isWhole: true) }
            } catch {
                eventLoop.execute { connection.value.endStream(isWhole: false) }
            }
        }
    }

    private func writePart(_ piece: ByteBuffer) -> EventLoopFuture<Void> {
        guard let context, let stream else { return loop.loop.makeFailedFuture(ChannelError.ioOnClosedChannel) }
        if let left = stream.left {
            guard piece.readableBytes <= left else { return loop.loop.makeFailedFuture(StreamTooLong()) }
            self.stream?.left = left - piece.readableBytes
        }
        if stream.isChunked {
            let size = ByteBuffer(string: String(piece.readableBytes, radix: 16) + "\r\n")
            context.write(wrapOutboundOut(size), promise: nil)
            context.write(wrapOutboundOut(piece), promise: nil)
        }
        gate.wrotePart(now: .now())
        schedule(context)
        let taken = write(stream.isChunked ? ByteBuffer(staticString: "\r\n") : piece, context)
        taken.assumeIsolated().whenSuccess { [self] in gate.sentPart() }
        return taken
    }

    private func endStream(isWhole: Bool) {
        guard let context, let stream else { return }
        self.stream = nil
        guard isWhole, stream.left ?? 0 == 0 else { return context.close(promise: nil) }
        if stream.isChunked {
            context.write(wrapOutboundOut(ByteBuffer(staticString: "0\r\n\r\n")), promise: nil)
        }
        gate.wrote(now: .now())
        flush()
    }
}
