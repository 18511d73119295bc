import Basics
import Testing

@testable import Serving

@Suite struct OnDemandPolicyTests {
    private let minute = Minute(containing: Timestamp(milliseconds: 1_795_251_660_000))

    private func after(_ seconds: Int) -> Timestamp { minute.start + .seconds(seconds) }

    private func expect(
        _ policy: inout OnDemandPolicy, newest: Minute?, now: Timestamp, _ expected: Bool,
        at location: SourceLocation = #_sourceLocation
    ) {
        let begins = policy.begins(newest: newest, now: now)
        #expect(begins == expected, sourceLocation: location)
    }

    @Test func `a list is made when there is none, or only one that is too old`() {
        var policy = OnDemandPolicy(olderThan: .seconds(120))
        expect(&policy, newest: minute, now: after(120), false)
        expect(&policy, newest: minute, now: after(121), true)
        var empty = OnDemandPolicy(olderThan: .seconds(120))
        expect(&empty, newest: nil, now: after(0), true)
    }

    @Test func `one flight at a time`() {
        var policy = OnDemandPolicy(olderThan: .seconds(60))
        expect(&policy, newest: nil, now: after(0), true)
        expect(&policy, newest: nil, now: after(300), false)
        policy.end(well: true, now: after(310))
        expect(&policy, newest: nil, now: after(360), true)
    }

    @Test func `a flight that ended well is the only one of its minute, one that failed is tried again soon`() {
        var policy = OnDemandPolicy(olderThan: .seconds(60))
        expect(&policy, newest: nil, now: after(5), true)
        policy.end(well: true, now: after(10))
        expect(&policy, newest: nil, now: after(59), false)
        expect(&policy, newest: nil, now: after(60), true)
        policy.end(well: false, now: after(62))
        expect(&policy, newest: nil, now: after(62), false)
        expect(&policy, newest: nil, now: after(63), true)
    }
}
