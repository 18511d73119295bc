import Testing

@testable import Merging

struct ListExplanationTests {
    private static let rank =
        #"[{"id":1,"symbol":"BTC"},{"id":"2","symbol":"eth"},{"id":3,"symbol":"X"},{"id":2,"symbol":"E2"},{"id":4,"symbol":"Y"}]"#
    private static let price =
        #"[{"id":2,"symbol":"ETH","price":5},{"id":1,"symbol":"BTC","price":7},{"id":3,"symbol":"X","price":null}]"#

    private func coins(_ text: String) throws -> [ListExplanation.Coin] {
        try ListExplanation.coins(text, .toplist, [[Array(Self.rank.utf8)], [Array(Self.price.utf8)]])
    }

    @Test(arguments: ["2", "ETH", "eth", "e2"])
    func `a coin is found by its key and by each of its labels`(text: String) throws {
        let coins = try coins(text)
        #expect(coins.map(\.key) == ["2"])
        #expect(coins.first?.verdict == .listed(["2", "eth", "5", "2"]))
        #expect(coins.first?.rows.map(\.source) == ["rank", "rank", "price"])
        #expect(coins.first?.rows.map(\.place) == [2, 4, 1])
        #expect(coins.first?.rows.first?.json == #"{"id":"2","symbol":"eth"}"#)
    }

    @Test func `why a coin is not in the list`() throws {
        #expect(try coins("X").first?.verdict == .unpriced(["Price USD"]))
        #expect(try coins("4").first?.verdict == .missing(in: ["price"]))
        #expect(try coins("5").isEmpty)
    }

    @Test func `an optional source that has nothing is no reason`() throws {
        let coins = try ListExplanation.coins("4", .toplist, [[Array(Self.rank.utf8)], []])
        #expect(coins.first?.verdict == .missing(in: ["price"]))
    }
}
