import Basics
import HTTPServer
import Orders

extension Currency {
    static let accepted = allCases.map(\.rawValue).joined(separator: ", ")

    /// As a client writes it, which may be anything: a longer text is not compared with any currency.
    init?(exactly text: String) {
        guard text.utf8.count == 3 else { return nil }
        self.init(rawValue: text)
    }

    /// What somebody has meant who wrote this, if it is near to anything.
    static func nearest(to text: String) -> String? { EditDistance.nearest(to: text, among: allCases.map(\.rawValue)) }
}

/// What a request for a page of orders asks.
struct OrderPageQuery: Equatable {
    let size: Int
    /// The page's orders stand before this one.
    let reference: OrderID?
    let currency: Currency?

    static let parameters: [StaticString] = ["page_size", "last_reference", "currency"]
    static let defaultSize = 10
    static let sizes = 1...100

    init(_ query: QueryString) throws(Problem) {
        let values = try query.values(of: Self.parameters)
        size = try values["page_size"].map(Self.size) ?? Self.defaultSize
        reference = try values["last_reference"].map(Self.reference)
        currency = try values["currency"].map(Self.currency)
    }

    /// The request for the page behind the order.
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

    /// A position, so any order's id will do, also of one that does not exist.
    private static func reference(_ text: String) throws(Problem) -> OrderID {
        guard let id = OrderID(text) else {
            throw .badParameter(
                "last_reference", "last_reference is not the id of an order: \(text.excerpt())",
                accepted: "the last_reference of the page before: a UUID of version 7")
        }
        return id
    }

    private static func currency(_ text: String) throws(Problem) -> Currency {
        guard let currency = Currency(exactly: text) else {
            throw .badParameter(
                "currency", "There are no orders in \(text.excerpt()).", accepted: Currency.accepted,
                nearest: Currency.nearest(to: text))
        }
        return currency
    }
}
