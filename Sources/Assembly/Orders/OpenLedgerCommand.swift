import Orders
import Tape

/// `cointape orders open`: a person says that there is no ledger yet, or how much was sold before this one.
package struct OpenLedgerCommand: Sendable {
    private let alreadySold: Satoshi?
    private let kind: DataKind?

    package static let kinds = DataKind.allCases.map(\.rawValue)

    /// nil for what is not in BTC, more than the cap, or not one of the kinds.
    package init?(alreadySold: String?, kind: String?) {
        self.alreadySold = alreadySold.flatMap { Satoshi(btc: $0) }
        self.kind = kind.flatMap { DataKind(rawValue: $0) }
        guard (self.alreadySold == nil) == (alreadySold == nil), (self.kind == nil) == (kind == nil) else { return nil }
        if let sold = self.alreadySold, sold > Satoshi.cap { return nil }
    }

    /// Says what was opened.
    package func run(config: String?, environment: Environment, print: (String) -> Void) async throws {
        let places = try OrdersPlaces(config, environment: environment)
        if let first = try await places.opener.firstEntry() { throw Self.isOpen(first) }
        let kind = try self.kind(rates: try await places.kindOfRates(), places)
        switch try await places.opener.open(kind, alreadySold: alreadySold) {
        case .opened(let mark):
            let sold = (alreadySold ?? Satoshi(0)).btc
            print("opened \(mark.id) for \(kind.rawValue) rates: \(sold) of \(Satoshi.cap.btc) BTC are sold")
        case .isOpen(let first): throw Self.isOpen(first)
        case .tooLittle(let sold):
            throw OrdersFailure(
                "at least \(sold.btc) BTC had been sold, as an acknowledged order says: --already-sold must count them")
        case .hadOne(let trace):
            throw OrdersFailure(
                "there was a ledger: \(trace); put its backup back, or say with --already-sold BTC what had been sold")
        }
    }

    private func kind(rates: DataKind?, _ places: OrdersPlaces) throws(OrdersFailure) -> DataKind {
        switch (kind, rates) {
        case (nil, nil):
            throw OrdersFailure(
                "there is no rate in \(places.rates.key) to tell for which kind: say --kind real or --kind sandbox")
        case (let kind?, let rates?) where kind != rates:
            throw OrdersFailure(
                "the rates in \(places.rates.key) are of the kind \(rates.rawValue): say --kind \(rates.rawValue), or nothing"
            )
        case (let kind?, _): return kind
        case (nil, let rates?): return rates
        }
    }
}

extension OpenLedgerCommand {
    private static func isOpen(_ first: StreamID) -> OrdersFailure {
        OrdersFailure("the ledger is open already, since its entry \(first); cointape orders verify tells what it has")
    }
}
