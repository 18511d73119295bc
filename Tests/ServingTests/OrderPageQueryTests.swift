import HTTPServer
import Orders
import TestSupport
import Testing

@testable import Serving

@Suite struct OrderPageQueryTests {
    private let id = "01a20bcb-292e-7000-8000-008598c6b40a"

    @Test func `everything may be left out`() throws {
        let query = try OrderPageQuery(QueryString(""))
        #expect(query.size == 10 && query.reference == nil && query.currency == nil)
    }

    @Test func `the next page is asked for as this one was`() throws {
        let query = try OrderPageQuery(QueryString("currency=EUR&last_reference=\(id.uppercased())&page_size=100"))
        let reference = try #require(query.reference)
        #expect(query.size == 100 && query.currency == .eur && "\(reference)" == id)
        let location = query.location(behind: reference)
        #expect(location == "/buy_orders?page_size=100&last_reference=\(id)&currency=EUR")
        #expect(try OrderPageQuery(QueryString(String(location.dropFirst("/buy_orders?".count)))) == query)
    }

    @Test(arguments: [
        "page_size=0", "page_size=101", "page_size=", "page_size=-1", "page_size=1e1", "page_size=٣",
        "page_size=99999999999999999999", "page_size=1&page_size=1", "last_reference=", "last_reference=5-0",
        "last_reference=01a20bcb-292e-4000-8000-008598c6b40a", "last_reference=01a20bcb-292e-7000-c000-008598c6b40a",
        "last_reference=01a20bcb292e70008000008598c6b40a", "last_reference=01a20bcb-292e-7000-8000-008598c6b40g",
        "currency=eur", "currency=", "currency=EURO", "offset=5",
    ]) func `what cannot be asked is refused`(query: String) {
        #expect(throws: Problem.self) { try OrderPageQuery(QueryString(query)) }
    }
}
