import Basics
import Testing

@testable import Serving

@Suite struct ListLookupTests {
    /// 2026-11-21T09:01:30Z.
    static let now = Timestamp(milliseconds: 1_795_251_690_000)
    let lookup = ListLookup(now: Self.now, margin: .seconds(60))
    let current = Minute(containing: Self.now)

    @Test func `asks the index for a minute, up to 60 seconds ahead`() {
        #expect(lookup.target(of: nil) == .newest)
        #expect(lookup.target(of: .absolute(current)) == .minute(current))
        let next = current.advanced(byMinutes: 1)
        #expect(lookup.target(of: .absolute(next)) == .minute(next))
        #expect(lookup.target(of: .absolute(current.advanced(byMinutes: 2))) == .future)
    }

    @Test func `the newest list stands in for the current minute only, and only within the margin`() {
        let (last, older) = (current.advanced(byMinutes: -1), current.advanced(byMinutes: -2))
        #expect(lookup.mayStandIn(last, for: current))
        #expect(lookup.mayStandIn(last, for: current.advanced(byMinutes: 1)))
        #expect(!lookup.mayStandIn(older, for: current))
        #expect(!lookup.mayStandIn(last, for: last))
    }
}
