import NIOCore
import Testing

@testable import HTTPServer

@Suite struct RequestGateTests {
    private static let start = NIODeadline.uptimeNanoseconds(1_000_000_000)
    private static let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

    private func at(_ seconds: Int64) -> NIODeadline { Self.start + .seconds(seconds) }

    private func bytes(_ text: String) -> ByteBuffer { ByteBuffer(string: text) }

    private func respond(_ text: String) -> RequestGate.Action {
        var parser = RequestParser(HTTPLimits())
        let bytes = bytes(text)
        _ = try? bytes.withUnsafeReadableBytes { try parser.parse($0) }
        return parser.request(bytes).map(RequestGate.Action.respond) ?? .none
    }

    private var gate: RequestGate { RequestGate(HTTPLimits(), budget: RequestBudget(most: 1_000_000), now: Self.start) }

    private func answer(_ gate: inout RequestGate, at seconds: Int64) -> RequestGate.Action {
        gate.wrote(now: at(seconds))
        return gate.sentResponse(now: at(seconds))
    }

    @Test func `lets one request through at a time`() {
        var gate = gate
        #expect(gate.received(bytes(Self.get + Self.get + "GET"), now: at(0)) == respond(Self.get))
        #expect(gate.deadline == nil)
        #expect(gate.received(bytes(" / "), now: at(1)) == .none)
        #expect(answer(&gate, at: 2) == respond(Self.get))
        #expect(answer(&gate, at: 3) == .none)
        // The third one's time began when its turn came.
        #expect(gate.deadline == at(13))
        #expect(gate.received(bytes("HTTP/1.1\r\nHost: a\r\n\r\n"), now: at(4)) == respond(Self.get))
    }

    @Test func `an error waits for the answer before it, and nothing follows it`() {
        var gate = gate
        #expect(gate.received(bytes(Self.get + "garbage\r\n" + Self.get), now: at(0)) == respond(Self.get))
        guard case .refuse(.malformed, isHEAD: false) = answer(&gate, at: 1) else {
            Issue.record("not refused")
            return
        }
        #expect(gate.received(bytes(Self.get), now: at(2)) == .none)
        #expect(gate.deadline == at(3))
        #expect(gate.deadlinePassed(now: at(3)) == .close)
    }

    @Test func `a head and a body have their own times, an idle connection another`() {
        var gate = gate
        #expect(gate.deadline == at(75))
        #expect(gate.deadlinePassed(now: at(75)) == .close)
        gate = self.gate
        #expect(gate.received(bytes("\r\n\r\nHEAD / HTTP/1.1\r\n"), now: at(20)) == .none)
        #expect(gate.deadline == at(30))
        // More of it wins no time.
        #expect(gate.received(bytes("Host: a\r\nContent-Length: 3\r\n"), now: at(29)) == .none)
        #expect(gate.deadline == at(30))
        #expect(gate.received(bytes("\r\n"), now: at(29)) == .none)
        #expect(gate.deadline == at(39))
        guard case .refuse(.timeout, isHEAD: true) = gate.deadlinePassed(now: at(39)) else {
            Issue.record("not refused")
            return
        }
    }

    @Test func `asks once for a body that waits to be asked`() {
        var gate = gate
        let head = "PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
        #expect(gate.received(bytes(head), now: at(0)) == .sendContinue)
        #expect(gate.received(bytes("a"), now: at(0)) == .none)
        #expect(gate.received(bytes("b"), now: at(0)) == respond(head + "ab"))
    }

    @Test(arguments: [
        "Expect: x, 100-Continue", "Expect: 100-continue\r\nExpect: x", "Expect: x\r\nExpect: 100-continue",
    ])
    func `an expectation may stand among others`(fields: String) {
        var gate = gate
        let head = "PUT / HTTP/1.1\r\nHost: a\r\n\(fields)\r\nContent-Length: 2\r\n\r\n"
        #expect(gate.received(bytes(head), now: at(0)) == .sendContinue)
    }

    @Test func `ends after the last answer, and after those that a client sent ahead before it closed`() {
        var gate = gate
        #expect(
            gate.received(bytes("GET / HTTP/1.0\r\n\r\n" + Self.get), now: at(0))
                == respond("GET / HTTP/1.0\r\n\r\n"))
        #expect(gate.closesAfterResponse)
        #expect(answer(&gate, at: 1) == .closeOutput)
        gate = self.gate
        #expect(gate.received(bytes(Self.get + Self.get + "GET"), now: at(0)) == respond(Self.get))
        #expect(gate.inputClosed() == .none)
        #expect(answer(&gate, at: 1) == respond(Self.get))
        #expect(answer(&gate, at: 2) == .close)
        gate = self.gate
        _ = gate.received(bytes("GET / HTTP/1.0\r\n\r\n"), now: at(0))
        #expect(gate.inputClosed() == .none)
        #expect(answer(&gate, at: 1) == .close)
    }

    @Test func `a server that ends closes idle connections, and others after their answer`() {
        var gate = gate
        #expect(gate.quiesce(now: at(0)) == .close)
        gate = self.gate
        #expect(gate.received(bytes(Self.get + Self.get), now: at(0)) == respond(Self.get))
        #expect(gate.quiesce(now: at(1)) == .none)
        #expect(gate.closesAfterResponse)
        #expect(answer(&gate, at: 2) == .closeOutput)
        gate = self.gate
        #expect(gate.received(bytes("GET"), now: at(0)) == .none)
        #expect(gate.quiesce(now: at(1)) == .none)
        #expect(gate.deadline == at(2))
    }

    @Test func `a streamed response gives each part its time, and the responder as long as it takes`() {
        var gate = gate
        #expect(gate.received(bytes(Self.get), now: at(0)) == respond(Self.get))
        gate.wrotePart(now: at(1))
        #expect(gate.deadline == at(76))
        gate.sentPart()
        #expect(gate.deadline == nil)
        gate.wrotePart(now: at(100))
        #expect(gate.deadline == at(175))
        // The socket has taken a part, which is not the whole.
        #expect(gate.sentResponse(now: at(101)) == .none)
        #expect(gate.deadlinePassed(now: at(175)) == .close)
    }

    @Test func `reads no further while something waits already`() {
        var gate = gate
        #expect(gate.received(bytes("GET"), now: at(0)) == .none)
        #expect(gate.wantsBytes)
        _ = gate.received(bytes(String(Self.get.dropFirst(3))), now: at(0))
        #expect(gate.wantsBytes)
        _ = gate.received(bytes("G"), now: at(0))
        #expect(!gate.wantsBytes)
        #expect(answer(&gate, at: 1) == .none)
        #expect(gate.wantsBytes)
    }

    @Test(arguments: [1, 7, 1_000]) func `a chunked body is one body, and the next request has its own`(size: Int)
        throws
    {
        let head = "PUT /x HTTP/1.1\r\nHost: a\r\n"
        let text =
            head + "tRansfer-encoding:\t chunked \r\nA: 1\r\n\r\n"
            + "3;a=b\r\n\r\n0\r\n0A\r\n0123456789\r\n000\r\nTrailer: 0\r\n\r\n"
        var gate = gate
        var (rest, action) = (text[...], RequestGate.Action.none)
        while !rest.isEmpty {
            #expect(action == .none)
            action = gate.received(bytes(String(rest.prefix(size))), now: at(0))
            rest = rest.dropFirst(size)
        }
        guard case .respond(let request) = action else {
            Issue.record("not whole")
            return
        }
        #expect(String(buffer: request.body) == "\r\n00123456789")
        #expect(answer(&gate, at: 1) == .none)
        #expect(gate.received(bytes(Self.get), now: at(1)) == respond(Self.get))
    }

    @Test func `a request keeps none of the bytes behind it in memory`() {
        var gate = gate
        let ahead = bytes(String(repeating: Self.get, count: 1_000))
        guard case .respond(let request) = gate.received(ahead, now: at(0)) else {
            Issue.record("not let through")
            return
        }
        #expect(.respond(request) == respond(Self.get))
        #expect(request.capacity < 100)
    }

    @Test func `unfinished requests hold so much together, small ones besides`() {
        let budget = RequestBudget(most: 100_000)
        func begin(_ size: Int) -> (RequestGate, RequestGate.Action) {
            var gate = RequestGate(HTTPLimits(), budget: budget, now: Self.start)
            let head = "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 64000\r\n\r\n"
            let action = gate.received(
                ByteBuffer(bytes: Array(head.utf8) + [UInt8](repeating: 0x41, count: size)), now: at(0))
            return (gate, action)
        }
        var first: RequestGate? = begin(60_000).0
        var (second, action) = begin(60_000)
        #expect(action == .refuse(.overloaded, isHEAD: false))
        #expect(second.received(bytes("a"), now: at(0)) == .none)
        // Ends as after any error.
        #expect(second.deadline == at(2))
        #expect(begin(1_000).1 == .none)
        // What ends gives back what it held, and so does what has gone through.
        first = nil
        var (third, begun) = begin(60_000)
        #expect(begun == .none)
        guard case .respond = third.received(ByteBuffer(repeating: 0x41, count: 4_000), now: at(1)) else {
            Issue.record("not let through")
            return
        }
        // Until it is answered, for the responder has its bytes.
        #expect(begin(60_000).1 == .refuse(.overloaded, isHEAD: false))
        _ = answer(&third, at: 2)
        first = begin(60_000).0
        #expect(first?.deadline == at(10))
    }

    @Test func `whole requests that wait for their answers hold as much together`() {
        let budget = RequestBudget(most: 100_000)
        let text = "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n"
        let request = ByteBuffer(bytes: Array(text.utf8) + [UInt8](repeating: 0x41, count: 60_000))
        var gates = (0..<3).map { _ in RequestGate(HTTPLimits(), budget: budget, now: Self.start) }
        let isGiven = gates.indices.map { index in
            if case .respond = gates[index].received(request, now: at(0)) { true } else { false }
        }
        #expect(isGiven == [true, false, false])
        _ = answer(&gates[0], at: 1)
        guard case .respond = gates[0].received(request, now: at(2)) else {
            Issue.record("not let through")
            return
        }
    }

    @Test(arguments: ["\r", "\r\n", "\r\n\r"]) func `an empty line before a request may come in pieces`(part: String) {
        var gate = gate
        #expect(gate.received(bytes(part), now: at(1)) == .none)
        #expect(gate.deadline == at(75))
        let rest = part.hasSuffix("\r") ? "\n" : ""
        #expect(gate.received(bytes(rest + Self.get), now: at(2)) == respond(Self.get))
    }

    @Test(arguments: [true, false]) func `without room for what was sent ahead the answer before it is the last`(
        isAtOnce: Bool
    ) {
        let budget = RequestBudget(most: 50_000)
        let ahead = String(repeating: Self.get, count: 1_000)
        var gates = (0..<5).map { _ in RequestGate(HTTPLimits(), budget: budget, now: Self.start) }
        for index in gates.indices {
            #expect(
                gates[index].received(bytes(Self.get + (isAtOnce ? ahead : "")), now: at(0)) == respond(Self.get))
            if !isAtOnce { #expect(gates[index].received(bytes(ahead), now: at(0)) == .none) }
        }
        #expect(gates.map(\.closesAfterResponse) == [false, true, true, true, true])
        #expect(answer(&gates[0], at: 1) == respond(Self.get))
        #expect(answer(&gates[1], at: 1) == .closeOutput)
        // As soon as there is room again requests may be sent ahead again.
        gates[0] = RequestGate(HTTPLimits(), budget: budget, now: Self.start)
        #expect(gates[0].received(bytes(Self.get + ahead), now: at(2)) == respond(Self.get))
        #expect(!gates[0].closesAfterResponse)
    }

    @Test func `a request that grows is refused when there is no more room`() {
        let budget = RequestBudget(most: 50_000)
        var gates = (0..<5).map { _ in RequestGate(HTTPLimits(), budget: budget, now: Self.start) }
        let head = "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 64000\r\n\r\n"
        for index in gates.indices { #expect(gates[index].received(bytes(head), now: at(0)) == .none) }
        var refused = 0
        for _ in 0..<10 {
            for index in gates.indices {
                let part = ByteBuffer(repeating: 0x41, count: 2_000)
                if case .refuse(.overloaded, _) = gates[index].received(part, now: at(0)) { refused += 1 }
            }
        }
        #expect((1...4).contains(refused))
        #expect(gates.contains { $0.deadline == at(10) })
    }
}
