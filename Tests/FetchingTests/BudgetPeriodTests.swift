import Basics
import Testing

@testable import Fetching

struct BudgetPeriodTests {
    private func time(_ text: String) throws -> Timestamp { try #require(Timestamp(rfc3339: text)) }

    @Test(arguments: [
        ("2026-11-30T00:00:00Z", "2026-11-01", "2026-12-01"), ("2026-11-01T00:01:00Z", "2026-11-01", "2026-12-01"),
        // Somebody's clock may say that it is still October.
        ("2026-11-01T00:00:59Z", "2026-10-01", "2026-11-01"),
        ("2026-10-31T23:59:59Z", "2026-10-01", "2026-11-01"), ("2026-12-31T12:00:00Z", "2026-12-01", "2027-01-01"),
    ])
    func `months begin on their first day`(now: String, from: String, until: String) throws {
        let window = BudgetPeriod.monthly(beginning: Timestamp(milliseconds: 0)).window(at: try time(now))
        #expect(window.from == (try time(from + "T00:00:00Z")) && window.part == window.from)
        #expect(window.until == (try time(until + "T00:00:00Z")))
    }

    @Test(arguments: [
        ("2027-02-27T23:59:59Z", "2027-01-31T13:30:00Z", "2027-02-28T13:30:00Z"),
        ("2027-02-28T13:31:00Z", "2027-02-28T13:30:00Z", "2027-03-31T13:30:00Z"),
        ("2028-02-29T13:29:59Z", "2028-01-31T13:30:00Z", "2028-02-29T13:30:00Z"),
        ("2027-05-01T00:00:00Z", "2027-04-30T13:30:00Z", "2027-05-31T13:30:00Z"),
        ("2025-05-01T00:00:00Z", "2025-04-30T13:30:00Z", "2025-05-31T13:30:00Z"),
    ])
    func `months begin on the day that the plan says, or on the last one`(now: String, from: String, until: String)
        throws
    {
        let period = BudgetPeriod.monthly(beginning: try time("2026-08-31T13:30:00Z"))
        let window = period.window(at: try time(now))
        #expect(window.from == (try time(from)))
        #expect(window.until == (try time(until)))
        #expect(period.end(ofPart: window.part) == window.until)
    }

    @Test(arguments: [
        ("2026-11-30T12:59:59Z", "2026-11-29T13:00:00Z"), ("2026-11-30T13:01:00Z", "2026-11-30T13:00:00Z"),
        ("2026-11-30T13:00:59Z", "2026-11-29T13:00:00Z"),
        ("2020-01-01T00:00:00Z", "2019-12-31T13:00:00Z"),
    ])
    func `other periods begin when the plan says`(now: String, from: String) throws {
        let period = BudgetPeriod.fixed(.seconds(86_400), beginning: try time("2026-11-05T13:00:00Z"))
        let window = period.window(at: try time(now))
        #expect(window.from == (try time(from)) && window.part == window.from)
        #expect(window.until == window.from + .seconds(86_400))
    }

    @Test func `without a beginning at least the last period counts, and little more`() throws {
        let period = BudgetPeriod.rolling(.seconds(86_400))
        for offset in [0, 1, 119, 120, 86_399] {
            let now = try time("2026-11-30T00:00:00Z") + .seconds(offset)
            let window = period.window(at: now)
            #expect(window.until == nil)
            #expect(window.part <= now && now - window.part < .seconds(120))
            // What was spent in the part in which the last period began counts, and so does what arrives late.
            #expect(now - window.from >= .seconds(86_400 + 60) && now - window.from < .seconds(86_400 + 60 + 120))
            #expect(period.end(ofPart: window.part) >= now + .seconds(86_400))
        }
    }

    @Test func `what is left is spread over the rest of the period, in whole minutes`() throws {
        let now = try time("2026-11-16T00:00:00Z")
        let month = BudgetPeriod.monthly(beginning: Timestamp(milliseconds: 0))
        // 15 days for 150 fetches are 144 minutes each.
        func left(_ credits: Int, of plan: Int, costing cost: Int) -> Duration {
            month.pace(credits: cost, spent: plan - credits, plan: plan, oldest: nil, now: now)
        }
        #expect(left(7549, of: 15_000, costing: 50) == .seconds(145 * 60))
        #expect(left(1_000_000, of: 1_000_000, costing: 1) == .seconds(60))
        #expect(left(49, of: 15_000, costing: 50) == .seconds(15 * 86_400 + 60))
    }

    @Test func `of a rolling period what counts is how fast credits go`() throws {
        let now = try time("2026-11-16T00:00:00Z")
        let rolling = BudgetPeriod.rolling(.seconds(86_400))
        func pace(_ spent: Int, since hours: Int) -> Duration {
            rolling.pace(
                credits: 10, spent: spent, plan: 2400, oldest: now - .seconds(3600 * hours), now: now)
        }
        #expect(pace(0, since: 0) == pace(1100, since: 12) && pace(0, since: 0) == pace(2280, since: 24))
        #expect(pace(0, since: 0) >= .seconds(6 * 60) && pace(0, since: 0) <= .seconds(7 * 60))
        // Twice as slowly when all of the reserve is gone too.
        #expect(pace(2400, since: 24) > pace(0, since: 0) * 1.7)
        #expect(pace(2280, since: 12) > pace(0, since: 0) * 8)
    }
}
