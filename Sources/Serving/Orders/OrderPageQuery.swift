import Basics
import HTTPServer
import Orders

/// The parameters of a request for a page of orders.
struct OrderPageQuery: Equatable {
    let size: Int
    /// The page contains orders before this one.
    let reference: OrderID?
    let currency: Currency?

    static let parameters: [StaticString] = ["page_size", "last_reference", "currency"]
    static let defaultSize = 10
    static let sizes = 1...100

    /// `currencies` are only listed in errors.
    init(_ query: QueryString, currencies: [Currency] = LedgerTerms.standard.currencies) throws(Problem) {
        let values = try query.values(of: Self.parameters)
        size = try values["page_size"].map(Self.size) ?? Self.defaultSize
        reference = try values["last_reference"].map(Self.reference)
        guard let text = values["currency"] else {
            currency = nil
            return
        }
        currency = Currency(rawValue: text)
        guard currency != nil else { throw Self.noOrders(in: text, currencies) }
    }

    /// The request for the page after this order.
    func location(behind reference: OrderID) -> String {
        let pairs = ["page_size=\(size)", "last_reference=\(reference)"]
        return "/buy_orders?" + (pairs + (currency.map { ["currency=\($0.rawValue)"] } ?? [])).joined(separator: "&")
    }

    private static func size(_ text: String) throws(Problem) -> Int {
        guard !text.isEmpty, text.utf8.allSatisfy(isDigit), let size = Int(text), sizes.contains(size) else {
            throw .badParameter(
                "page_size", "page_size is not a whole number that is allowed: \(text.excerpt())",
                accepted: "1 to \(sizes.upperBound)")
        }
        return size
    }

    /// A position: any order id is accepted, even if no such order exists.
    private static func reference(_ text: String) throws(Problem) -> OrderID {
        guard let id = OrderID(text) else {
            throw .badParameter(
                "last_reference", "last_reference is not the id of an order: \(text.excerpt())",
                accepted: "the last_reference of the page before: a UUID of version 7")
        }
        return id
    }

    static func noOrders(in text: String, _ currencies: [Currency]) -> Problem {
        .noCurrency("There are no orders in \(text.excerpt()).", text, currencies)
    }
}
