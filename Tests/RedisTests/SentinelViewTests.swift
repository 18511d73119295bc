import Testing

@testable import Redis

/// Which of the Sentinels' answers counts.
@Suite struct SentinelViewTests {
    private static func answer(_ port: Int, epoch: Int64) -> SentinelView.Answer {
        SentinelView.Answer(primary: .tcp(host: "h", port: port), epoch: epoch, replicas: 2)
    }

    private static func port(_ view: SentinelView) -> Int? {
        guard case .tcp(_, let port)? = view.newest?.primary else { return nil }
        return port
    }

    @Test func `the highest epoch counts, whoever has it and whenever it came`() {
        var view = SentinelView(count: 3)
        #expect(view.newest == nil)
        _ = view.note(Self.answer(1, epoch: 4), from: 0)
        #expect(Self.port(view) == 1)
        _ = view.note(Self.answer(2, epoch: 5), from: 2)
        #expect(Self.port(view) == 2)
        _ = view.note(Self.answer(1, epoch: 4), from: 1)
        #expect(Self.port(view) == 2)
    }

    @Test func `in one epoch the most Sentinels count, and then the order of the URL`() {
        var view = SentinelView(count: 4)
        for (index, port) in [1, 2, 2].enumerated() { _ = view.note(Self.answer(port, epoch: 0), from: index) }
        #expect(Self.port(view) == 2)
        _ = view.note(Self.answer(1, epoch: 0), from: 3)
        #expect(Self.port(view) == 1)
    }

    @Test func `a Sentinel's answer counts until it gives another one, so that one that is behind is not followed`() {
        var view = SentinelView(count: 2)
        _ = view.note(Self.answer(2, epoch: 9), from: 0)
        _ = view.note(failure: "h: away", of: 0)
        _ = view.note(Self.answer(1, epoch: 8), from: 1)
        #expect(Self.port(view) == 2)
        // The primary is set up anew at both.
        _ = view.note(Self.answer(3, epoch: 0), from: 1)
        _ = view.note(Self.answer(3, epoch: 0), from: 0)
        #expect(Self.port(view) == 3)
    }

    @Test func `tells the first failure and the first answer after it, and keeps the answer meanwhile`() {
        var view = SentinelView(count: 2)
        #expect(!view.isComplete)
        let failures = [view.note(failure: "h: away", of: 0), view.note(failure: "h: still away", of: 0)]
        #expect(failures == [true, false])
        #expect(view.failures == ["h: still away"])
        let answers = [1, 0].map { view.note(Self.answer(1, epoch: 0), from: $0) }
        #expect(answers == [false, true])
        #expect(view.isComplete && view.failures.isEmpty)
        let isFirst = view.note(failure: "h: away", of: 0)
        #expect(isFirst)
        #expect(Self.port(view) == 1)
    }

    private static let state = RedisReply.array(
        ["name", "tape", "config-epoch", "7", "num-slaves", "2"].map { .bulk(Array($0.utf8)) })
    private static let address = RedisReply.array(["10.0.0.1", "6379"].map { .bulk(Array($0.utf8)) })

    @Test func `reads what a Sentinel answers`() throws {
        let answer = try SentinelView.Answer(address: Self.address, state: Self.state, of: "tape")
        #expect(
            answer == SentinelView.Answer(primary: .tcp(host: "10.0.0.1", port: 6379), epoch: 7, replicas: 2))
    }

    @Test(arguments: [
        (RedisReply.error("ERR unknown command 'SENTINEL', with args beginning with: 'MASTER'"), state, "no Sentinel"),
        (.null, .error("ERR No such master with that name"), "knows no primary tape"),
        (.null, state, "knows no primary tape"),
        (.error("NOAUTH Authentication required."), state, "NOAUTH"), (.array([]), state, "cannot be read"),
        (.status("OK"), state, "cannot be read"),
        (.array([.bulk([]), .bulk(Array("1".utf8))]), state, "cannot be read"),
        (.array([.bulk(Array("h".utf8)), .bulk(Array("70000".utf8))]), state, "cannot be read"),
        (address, .array([]), "cannot be read"),
        (address, .array([.bulk(Array("config-epoch".utf8))]), "cannot be read"),
        (address, .array([.bulk(Array("config-epoch".utf8)), .bulk(Array("x".utf8))]), "cannot be read"),
        (address, .integer(1), "cannot be read"),
    ])
    func `an answer that is none says why`(address: RedisReply, state: RedisReply, words: String) {
        let error = #expect(throws: RedisError.self) {
            try SentinelView.Answer(address: address, state: state, of: "tape")
        }
        #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
    }
}
