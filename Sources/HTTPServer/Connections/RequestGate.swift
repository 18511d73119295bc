import NIOCore

/// The state of a connection, which decides what to do next: one request at a time goes to its responder.
///
/// Pipelined requests wait until the previous one is answered, so that an error never overtakes a response.
struct RequestGate {
    enum Action: Equatable {
        case none
        case respond(Request)
        case sendContinue
        /// Answer with an error, then end the connection as after a last response.
        case refuse(Refusal, isHEAD: Bool)
        /// Close the sending side, and discard what the client still sends, because closing at once could destroy the response
        /// before the client has read it (RFC 9112, section 9.6).
        case closeOutput
        case close
    }

    private enum Phase: Equatable {
        case idle, head, body
        /// A responder is working on the request.
        case responding
        /// A part of a response, or all or the rest of it, is on its way to the client.
        case sendingPart, sending
        case finished
    }

    private let limits: HTTPLimits
    private let share: RequestBudget.Share
    private var parser: RequestParser
    private var phase = Phase.idle
    /// Received bytes that belong to no request that a responder has.
    private var held = ByteBuffer()
    /// The memory of the request that a responder has, in bytes, until its response is written.
    private var responding = 0
    private var isInputClosed = false
    /// Whether the server is shutting down.
    private var isQuiescing = false
    private var isLastRequest = false
    private var sentContinue = false
    /// When `deadlinePassed` must be called.
    private(set) var deadline: NIODeadline?

    /// How long a client has to notice that the connection has ended.
    private static let lingering = TimeAmount.seconds(2)
    /// How long a server that is shutting down waits for the rest of a request.
    private static let patience = TimeAmount.seconds(1)

    /// `budget` limits the memory of all connections together.
    init(_ limits: HTTPLimits, budget: RequestBudget, now: NIODeadline) {
        self.limits = limits
        share = RequestBudget.Share(of: budget)
        parser = RequestParser(limits)
        deadline = now + TimeAmount(limits.idleTimeout)
    }

    /// Whether the next response, or the one that is being sent, is the connection's last.
    var closesAfterResponse: Bool { isLastRequest || isQuiescing }

    /// Whether more bytes may be read; while a pipelined request waits, further bytes stay in the kernel.
    var wantsBytes: Bool {
        switch phase {
        case .responding, .sendingPart, .sending: held.readableBytes == 0
        default: true
        }
    }

    mutating func received(_ bytes: ByteBuffer, now: NIODeadline) -> Action {
        if phase == .finished { return .none }
        if held.readableBytes == 0 {
            held = bytes
        } else {
            // Only if less is moved than was already read, so that each byte is moved at most once.
            if held.readerIndex >= held.readableBytes { held.discardReadBytes() }
            held.writeImmutableBuffer(bytes)
        }
        switch phase {
        case .responding, .sendingPart, .sending:
            // If the client has closed its side, the kernel delivers all remaining bytes.
            holdAhead()
            return .none
        default: return advance(now)
        }
    }

    /// The whole response, or the rest of a streamed one, was written.
    mutating func wrote(now: NIODeadline) { wrote(.sending, now) }

    /// A part of a streamed response was written.
    mutating func wrotePart(now: NIODeadline) { wrote(.sendingPart, now) }

    private mutating func wrote(_ phase: Phase, _ now: NIODeadline) {
        guard self.phase == .responding else { return }
        responding = 0
        _ = hold()
        enter(phase, until: now + max(TimeAmount(limits.idleTimeout), TimeAmount(limits.responseTimeout)))
    }

    /// The socket has taken a part of a streamed response, and the responder makes the next one.
    mutating func sentPart() {
        guard phase == .sendingPart else { return }
        enter(.responding, until: nil)
    }

    /// The socket has taken the whole response.
    mutating func sentResponse(now: NIODeadline) -> Action {
        guard phase == .sending else { return .none }
        // If the client sends no more, there is nothing to wait for.
        if closesAfterResponse { return isInputClosed ? close() : closeOutput(now) }
        enter(.idle, until: now + TimeAmount(limits.idleTimeout))
        return advance(now)
    }

    /// The client has closed its sending side.
    mutating func inputClosed() -> Action {
        isInputClosed = true
        switch phase {
        case .responding, .sendingPart, .sending: return .none
        case .idle, .head, .body, .finished: return close()
        }
    }

    /// The server is shutting down; requests that were begun may finish.
    mutating func quiesce(now: NIODeadline) -> Action {
        isQuiescing = true
        switch phase {
        case .responding, .sendingPart, .sending, .finished: return .none
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
        case .idle, .sendingPart, .sending, .finished: close()
        case .responding: .none
        }
    }

    private mutating func advance(_ now: NIODeadline) -> Action {
        guard phase == .idle || phase == .head || phase == .body else { return .none }
        if phase == .idle, skipEmptyLines() { return isInputClosed ? close() : .none }
        guard held.readableBytes > 0 else {
            // An idle connection holds no request bytes.
            holdNothing()
            return isInputClosed ? close() : .none
        }
        do throws(Refusal) {
            let received = held
            let outcome = try received.withUnsafeReadableBytes { bytes throws(Refusal) in try parser.parse(bytes) }
            if case .complete(let length) = outcome { return respond(length, now) }
        } catch {
            return refuse(error, now)
        }
        if isInputClosed { return close() }
        return hold() ? wait(now) : refuse(.overloaded, now)
    }

    /// Skips empty lines before a request (RFC 9112, section 2.2).
    ///
    /// Returns whether only the first half of an empty line is left.
    private mutating func skipEmptyLines() -> Bool {
        while held.readableBytes >= 2, held.getInteger(at: held.readerIndex, as: UInt16.self) == 0x0D0A {
            held.moveReaderIndex(forwardBy: 2)
        }
        return held.readableBytes == 1 && held.getInteger(at: held.readerIndex, as: UInt8.self) == 0x0D
    }

    /// Counts everything that this connection holds; returns false and changes nothing if the budget has no room.
    private func hold() -> Bool { share.hold(responding + held.storageCapacity) }

    private mutating func wait(_ now: NIODeadline) -> Action {
        if phase == .idle { enter(.head, until: now + TimeAmount(limits.headTimeout)) }
        guard parser.isInBody else { return .none }
        if phase == .head {
            enter(.body, until: now + (isQuiescing ? Self.patience : TimeAmount(limits.bodyTimeout)))
        }
        guard parser.framing.expectsContinue, !sentContinue else { return .none }
        sentContinue = true
        return .sendContinue
    }

    private mutating func respond(_ length: Int, _ now: NIODeadline) -> Action {
        guard let request = parser.request(take(length)) else { return close() }
        guard share.hold(request.capacity) else { return refuse(.overloaded, now) }
        responding = request.capacity
        isLastRequest = parser.framing.isLast
        parser.reset()
        sentContinue = false
        holdAhead()
        enter(.responding, until: nil)
        return .respond(request)
    }

    /// Takes the first bytes as a buffer of their own, which does not keep the bytes behind them in memory.
    private mutating func take(_ length: Int) -> ByteBuffer {
        guard length < held.readableBytes else {
            defer { holdNothing() }
            return held
        }
        defer { held.moveReaderIndex(forwardBy: length) }
        return ByteBuffer(bytes: held.readableBytesView.prefix(length))
    }

    /// Bytes that were sent ahead also count; if there is no room for them, the next response is the last one.
    private mutating func holdAhead() {
        guard held.readableBytes > 0, !hold() else { return }
        holdNothing()
        isLastRequest = true
    }

    private mutating func holdNothing() {
        held = ByteBuffer()
        _ = hold()
    }

    private mutating func refuse(_ refusal: Refusal, _ now: NIODeadline) -> Action {
        let isHEAD = parser.isHEAD
        _ = closeOutput(now)
        return .refuse(refusal, isHEAD: isHEAD)
    }

    private mutating func closeOutput(_ now: NIODeadline) -> Action {
        holdNothing()
        enter(.finished, until: now + Self.lingering)
        return .closeOutput
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
