import NIOCore

/// What a connection is at, and what is to be done next: one whole request at a time goes through.
///
/// Requests that are sent ahead wait until the one before is answered, so that an error never overtakes an answer.
struct RequestGate {
    enum Action: Equatable {
        case none
        /// The bytes of one request.
        case pass(ByteBuffer)
        case sayContinue
        /// To answer with an error, then to end as after a last answer.
        case refuse(Refusal, isHEAD: Bool)
        /// To end the sending side; what the client still sends is thrown away, as closing at once could take the answer
        /// from it (RFC 9112, section 9.6).
        case finish
        case close
    }

    private enum Phase: Equatable {
        case idle, head, body
        /// A request is with its route; its answer is on its way to the client.
        case answering, writing
        case finished
    }

    private let limits: HTTPLimits
    private let share: RequestBudget.Share
    private var scanner: RequestScanner
    private var phase = Phase.idle
    /// What was received and not let through yet.
    private var held = ByteBuffer()
    private var isInputClosed = false
    /// The server is to end.
    private var isQuiescing = false
    private var isLastRequest = false
    private var saidContinue = false
    /// When `deadlinePassed` is to be called.
    private(set) var deadline: NIODeadline?

    /// For how long a client may take to hear that the connection has ended.
    private static let lingering = TimeAmount.seconds(2)
    /// For how long at least a client may take its answer.
    private static let slowest = TimeAmount.seconds(60)
    /// For how long a server that ends waits for the rest of a request.
    private static let patience = TimeAmount.seconds(1)

    /// `budget` bounds what all connections hold together.
    init(_ limits: HTTPLimits, budget: RequestBudget, now: NIODeadline) {
        self.limits = limits
        share = RequestBudget.Share(of: budget)
        scanner = RequestScanner(limits)
        deadline = now + TimeAmount(limits.idleTimeout)
    }

    /// Whether the answer being written is the connection's last.
    var closesAfterAnswer: Bool { isLastRequest || isQuiescing }

    /// Whether more bytes may be read: behind what waits for an answer the rest may wait in the kernel.
    var wantsBytes: Bool {
        switch phase {
        case .answering, .writing: held.readableBytes == 0
        default: true
        }
    }

    /// Whether the next byte is a request's first, and its answer need not be the last.
    var isBetweenRequests: Bool { phase == .idle && held.readableBytes == 0 && !isInputClosed && !isQuiescing }

    /// A whole request, known as one that is not the last, was let through by another: its answer is next.
    mutating func passed() {
        isLastRequest = false
        enter(.answering, until: nil)
    }

    mutating func received(_ bytes: ByteBuffer, now: NIODeadline) -> Action {
        if phase == .finished { return .none }
        if held.readableBytes == 0 {
            held = bytes
        } else {
            // No sooner than there is less to move than was read: so each byte is moved once at most.
            if held.readerIndex >= held.readableBytes { held.discardReadBytes() }
            held.writeImmutableBuffer(bytes)
        }
        switch phase {
        case .answering, .writing:
            // Of a client that has ended its side the kernel hands over all that there is.
            holdAhead()
            return .none
        default: return advance(now)
        }
    }

    /// The last part of an answer was handed on.
    mutating func answerEnded(now: NIODeadline) {
        guard phase == .answering else { return }
        enter(.writing, until: now + max(TimeAmount(limits.idleTimeout), Self.slowest))
    }

    /// The client's side of the socket has taken the answer.
    mutating func answerWritten(now: NIODeadline) -> Action {
        guard phase == .writing else { return .none }
        // A client that sends no more need not be waited for.
        if closesAfterAnswer { return isInputClosed ? close() : finish(now) }
        enter(.idle, until: now + TimeAmount(limits.idleTimeout))
        return advance(now)
    }

    /// The client sends no more.
    mutating func inputClosed() -> Action {
        isInputClosed = true
        switch phase {
        case .answering, .writing: return .none
        case .idle, .head, .body, .finished: return close()
        }
    }

    /// The server is to end: what was begun may be finished.
    mutating func quiesce(now: NIODeadline) -> Action {
        isQuiescing = true
        switch phase {
        case .answering, .writing, .finished: return .none
        case .idle: return close()
        case .head, .body:
            deadline = min(deadline ?? .distantFuture, now + Self.patience)
            return .none
        }
    }

    mutating func deadlinePassed(now: NIODeadline) -> Action {
        switch phase {
        case .head: refuse(.timeout("The head was not whole \(limits.headTimeout) after its first byte."), now)
        case .body: refuse(.timeout("The body was not whole \(limits.bodyTimeout) after the head."), now)
        case .idle, .writing, .finished: close()
        case .answering: .none
        }
    }

    private mutating func advance(_ now: NIODeadline) -> Action {
        guard phase == .idle || phase == .head || phase == .body else { return .none }
        if phase == .idle { skipEmptyLines() }
        guard held.readableBytes > 0 else {
            // An idle connection holds no memory.
            holdNothing()
            return isInputClosed ? close() : .none
        }
        let outcome = held.withUnsafeReadableBytes { [scanner] bytes -> (RequestScanner, Result<_, Refusal>) in
            var scanner = scanner
            let finding = Result { () throws(Refusal) in try scanner.scan(bytes) }
            return (scanner, finding)
        }
        scanner = outcome.0
        switch outcome.1 {
        case .failure(let refusal): return refuse(refusal, now)
        case .success(.incomplete):
            if isInputClosed { return close() }
            return share.hold(held.storageCapacity) ? wait(now) : refuse(.overloaded, now)
        case .success(.whole(let length)): return pass(length)
        }
    }

    /// An empty line in front of a request is let pass (section 2.2).
    private mutating func skipEmptyLines() {
        while held.readableBytes >= 2, held.getInteger(at: held.readerIndex, as: UInt16.self) == 0x0D0A {
            held.moveReaderIndex(forwardBy: 2)
        }
    }

    private mutating func wait(_ now: NIODeadline) -> Action {
        if phase == .idle { enter(.head, until: now + TimeAmount(limits.headTimeout)) }
        guard scanner.isInBody else { return .none }
        if phase == .head {
            enter(.body, until: now + (isQuiescing ? Self.patience : TimeAmount(limits.bodyTimeout)))
        }
        guard scanner.head.expectsContinue, !saidContinue else { return .none }
        saidContinue = true
        return .sayContinue
    }

    private mutating func pass(_ length: Int) -> Action {
        let request = scanner.plain(take(length))
        isLastRequest = scanner.head.isLast
        scanner = RequestScanner(limits)
        saidContinue = false
        holdAhead()
        enter(.answering, until: nil)
        return .pass(request)
    }

    /// The first bytes, as a buffer that keeps no others in memory: those behind them stay where they are.
    private mutating func take(_ length: Int) -> ByteBuffer {
        guard length < held.readableBytes else {
            defer { holdNothing() }
            return held
        }
        defer { held.moveReaderIndex(forwardBy: length) }
        return ByteBuffer(bytes: held.readableBytesView.prefix(length))
    }

    /// What was sent ahead is unfinished too: without room for it the answer that is next is the last one.
    private mutating func holdAhead() {
        guard held.readableBytes > 0, !share.hold(held.storageCapacity) else { return }
        holdNothing()
        isLastRequest = true
    }

    private mutating func holdNothing() {
        held = ByteBuffer()
        _ = share.hold(0)
    }

    private mutating func refuse(_ refusal: Refusal, _ now: NIODeadline) -> Action {
        let isHEAD = scanner.head.isHEAD
        _ = finish(now)
        return .refuse(refusal, isHEAD: isHEAD)
    }

    private mutating func finish(_ now: NIODeadline) -> Action {
        holdNothing()
        enter(.finished, until: now + Self.lingering)
        return .finish
    }

    private mutating func close() -> Action {
        holdNothing()
        enter(.finished, until: nil)
        return .close
    }

    private mutating func enter(_ phase: Phase, until deadline: NIODeadline?) {
        self.phase = phase
        self.deadline = deadline
    }
}
