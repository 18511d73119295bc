import Basics
import Testing

@testable import Assembly
@testable import Fetching

struct DoctorTests {
    private func lines(
        left: Int?, plan told: Int?, offset: Duration? = .zero, plan: Int? = nil
    ) -> [String] {
        DoctorCommand.findings(
            ProviderUsage.Statement(left: left, plan: told, offset: offset), "price.json", hasKey: true, plan: plan,
            creditsOfFetch: 25
        ).flatMap(\.lines)
    }

    @Test func `a valid key is told with what is left`() {
        #expect(
            lines(left: 900, plan: 1000, plan: 1000) == [
                "ok       price.json: the key is valid; 900 of 1000 credits are left; the provider's clock agrees"
            ])
        #expect(
            lines(left: nil, plan: nil, offset: nil).first
                == "unknown  price.json: the provider answers, and tells nothing of what is left")
        #expect(
            lines(left: 900, plan: nil, offset: nil) == ["ok       price.json: the key is valid; 900 credits are left"])
    }

    @Test func `a plan that is used up, or smaller than the config's, is a warning`() {
        #expect(
            lines(left: 24, plan: 1000, offset: nil, plan: 1500).dropFirst() == [
                "warning  price.json: a list costs 25 credits, and 24 are left",
                "         -> wait for the next period, or get a larger plan",
                "warning  price.json: the config's plan has 1500 credits, the provider's has 1000",
                "         -> set the plan to 1000",
            ])
        // A config may use less than the plan has.
        #expect(lines(left: 25, plan: 1000, offset: nil, plan: 500).count == 1)
    }

    @Test(arguments: [(90, "90 s behind"), (-90, "90 s ahead of"), (6, "6 s behind"), (5, nil), (-5, nil)])
    func `a clock that is off is a warning`(seconds: Int, words: String?) {
        let found = lines(left: 100, plan: nil, offset: .seconds(seconds)).dropFirst()
        #expect(found.first == words.map { "warning  price.json: this machine's clock is \($0) the provider's" })
    }

    @Test(arguments: [(1_000, 0), (2_000, 0), (3_500, 0), (-5_000, -6_000), (9_000, 5_500)])
    func `a clock is only off if it cannot have shown the time between question and answer`(sent: Int64, offset: Int64)
    {
        let (first, last) = (Timestamp(milliseconds: 1_000), Timestamp(milliseconds: 3_500))
        let found = ProviderUsage.offset(of: Timestamp(milliseconds: sent), between: first, and: last)
        #expect(found == .milliseconds(offset))
    }

    @Test(arguments: [("12", 12), ("12.9", 12), ("-5", 0), ("1e3", 1000), ("1e300", 1_000_000_000_000), ("0", 0)])
    func `credits are whole, and none is less than none`(text: String, credits: Int) throws {
        #expect(try ProviderUsage.credits(text, "left") == credits)
    }

    @Test(arguments: ["many", "", "nan", "inf"]) func `what is no number of credits is told`(text: String) {
        #expect(throws: FetchFailure.self) { try ProviderUsage.credits(text, "left") }
    }
}
