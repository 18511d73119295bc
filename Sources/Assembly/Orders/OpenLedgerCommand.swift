import Basics
import Orders
import Tape

/// `cointape orders open`: lets a person state that there is no ledger yet, or how much was sold before this one.
package struct OpenLedgerCommand: Sendable {
    /// The options as typed; nil for those that were left out.
    package struct Options: Sendable {
        /// `--already-sold`, in BTC.
        package var alreadySold: String?
        /// `--kind`: `real` or `sandbox`.
        package var kind: String?
        /// `--cap`, in BTC.
        package var cap: String?
        /// `--currencies`, codes separated by commas.
        package var currencies: String?

        package init(
            alreadySold: String? = nil, kind: String? = nil, cap: String? = nil, currencies: String? = nil
        ) {
            self.alreadySold = alreadySold
            self.kind = kind
            self.cap = cap
            self.currencies = currencies
        }
    }

    /// The default of `--cap`, in BTC, for the help.
    package static let standardCap = LedgerTerms.standard.cap.btc
    /// The default of `--currencies`, for the help.
    package static let standardCurrencies = LedgerTerms.text(of: LedgerTerms.standard.currencies)

    private let alreadySold: Satoshi?
    private let kind: DataKind?
    private let terms: LedgerTerms

    /// Throws an error that says what is wrong and what is accepted.
    package init(_ options: Options) throws(CommandError) {
        let standard = LedgerTerms.standard
        terms = LedgerTerms(
            cap: try CommandError.reading("--cap", options.cap, LedgerTerms.cap(btc:)) ?? standard.cap,
            currencies: try CommandError.reading("--currencies", options.currencies, LedgerTerms.currencies)
                ?? standard.currencies)
        alreadySold = options.alreadySold.flatMap { Satoshi(btc: $0) }
        kind = options.kind.flatMap { DataKind(rawValue: $0) }
        guard (alreadySold == nil) == (options.alreadySold == nil), alreadySold.map(terms.allows) ?? true else {
            throw CommandError(
                .option,
                "--already-sold should be BTC from 0 to the cap, \(terms.cap.btc), with at most 8 decimals, such as 1.5"
            )
        }
        guard (kind == nil) == (options.kind == nil) else {
            throw CommandError(
                .option, "--kind should be \(DataKind.allCases.map(\.rawValue).joined(separator: " or "))")
        }
    }

    /// Prints what was opened.
    package func run(config: String?, environment: Environment, print: (String) -> Void) async throws {
        let places = try OrdersPlaces(config, environment: environment)
        if let first = try await places.opener.firstEntry() { throw Self.isOpen(first) }
        let kind = try self.kind(rates: try await places.kindOfRates(), places)
        // An older build that only knows the standard terms takes no orders for other terms, and cannot fold them.
        if terms != .standard {
            try await RunningWorkers(places).requireKnowledge(of: "a ledger with other terms", print)
        }
        switch try await places.opener.open(kind, terms, alreadySold: alreadySold) {
        case .opened(let mark):
            let sold = (alreadySold ?? Satoshi(0)).btc
            print(
                "opened \(mark.id) for \(kind.rawValue) rates: \(sold) of \(terms.cap.btc) BTC are sold; "
                    + "it takes \(LedgerTerms.text(of: terms.currencies))")
            await places.printUnrated(terms, print)
        case .isOpen(let first): throw Self.isOpen(first)
        case .tooLittle(let sold):
            throw CommandError(
                .refused,
                "at least \(sold.btc) BTC had been sold, as an acknowledged order says: --already-sold must count them")
        case .hadOne(let trace):
            throw CommandError(
                .refused,
                "there was a ledger: \(trace); put its backup back, or say with --already-sold BTC what had been sold")
        }
    }

    private func kind(rates: DataKind?, _ places: OrdersPlaces) throws(CommandError) -> DataKind {
        switch (kind, rates) {
        case (nil, nil):
            throw CommandError(
                .refused,
                "there is no rate in \(places.rates.key) to tell for which kind: say --kind real or --kind sandbox")
        case (let kind?, let rates?) where kind != rates:
            throw CommandError(
                .refused,
                "the rates in \(places.rates.key) are of the kind \(rates.rawValue): say --kind \(rates.rawValue), or nothing"
            )
        case (let kind?, _): return kind
        case (nil, let rates?): return rates
        }
    }
}

extension OpenLedgerCommand {
    private static func isOpen(_ first: StreamID) -> CommandError {
        CommandError(
            .refused, "the ledger is open already, since its entry \(first); cointape orders verify tells what it has")
    }
}

extension CommandError {
    /// Parses the value of an option; nil if the option is missing.
    static func reading<Value>(
        _ option: String, _ text: String?, _ read: (String) throws(InvalidText) -> Value
    ) throws(CommandError) -> Value? {
        guard let text else { return nil }
        do throws(InvalidText) {
            return try read(text)
        } catch {
            throw CommandError(.option, "\(option) \(error)")
        }
    }
}
