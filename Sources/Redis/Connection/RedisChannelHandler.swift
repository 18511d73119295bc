import NIOCore

/// One connection's end of the pipe: sends what is queued in one write, hands replies out in order.
///
/// Belongs to its event loop. A deadline that passes closes the channel, because the late reply would be taken for the
/// next command's.
final class RedisChannelHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let queue: CommandQueue
    private let parser = ReplyParser()
    private var pending = PendingReplies()
    private var timer: (fires: NIODeadline, task: Scheduled<Void>)?
    private var context: ChannelHandlerContext?
    private var isRetired = false
    /// Whether anything has come that is a reply.
    private(set) var hasReplied = false
    /// Why the connection ends, if that is known better than by its end: an error that the server sent before any command, such as that
    /// it has too many clients, or one of TLS.
    private var lastWords: String?

    init(_ queue: CommandQueue) {
        self.queue = queue
    }

    /// Sends what is in the queue.
    func sendQueued() {
        let batch = queue.take()
        guard let context, context.channel.isActive, !queue.isClosed else {
            for entry in batch.replies {
                let error = RedisError(
                    .unavailable, command: entry.command, message: lastWords ?? "the connection was closed")
                entry.complete(.failure(error))
            }
            return
        }
        guard let deadline = batch.replies.lazy.map(\.deadline).min() else { return }
        pending.append(batch.replies)
        context.writeAndFlush(wrapOutboundOut(batch.bytes), promise: nil)
        scheduleTimer(context, at: deadline)
    }

    /// Closes the channel when all replies that are owed have come.
    func retire() {
        isRetired = true
        closeIfDone()
    }

    /// Fails all replies that are owed, and closes the channel.
    func end(_ reason: String) {
        fail(reason)
        close(context)
    }

    private func closeIfDone() {
        if isRetired, pending.isEmpty { close(context) }
    }

    private func close(_ context: ChannelHandlerContext?) {
        queue.close()
        context?.close(promise: nil)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        fail("the connection was closed")
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        do {
            try buffer.withUnsafeReadableBytes { bytes in
                try parser.feed(bytes) { reply in
                    hasReplied = true
                    if let entry = pending.popFirst() { return entry.complete(.success(reply)) }
                    if case .error(let text) = reply { lastWords = text }
                    close(context)
                }
            }
            closeIfDone()
        } catch {
            end("\(error)")
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail("the connection was closed by Redis")
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A refusal of TLS may come before there is a command that it could fail.
        if lastWords == nil { lastWords = RedisTLS.description(of: error) }
        end("\(error)")
    }

    private func scheduleTimer(_ context: ChannelHandlerContext, at deadline: NIODeadline) {
        if let timer, timer.fires <= deadline { return }
        timer?.task.cancel()
        let task = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { [self] in
            timer = nil
            guard let next = pending.nextDeadline else { return }
            if next > .now() { return scheduleTimer(context, at: next) }
            end("another command on this connection ran into its deadline")
        }
        timer = (deadline, task)
    }

    /// Fails what is pending; whoever is told may send again at once, and needs another connection for that.
    private func fail(_ reason: String) {
        queue.close()
        timer?.task.cancel()
        timer = nil
        let now = NIODeadline.now()
        let reason = lastWords ?? reason
        for entry in pending.takeAll() { entry.fail(now: now, because: reason) }
    }
}
