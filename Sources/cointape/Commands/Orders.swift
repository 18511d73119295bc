import ArgumentParser
import Assembly

struct Orders: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Open, verify or repair the ledger of orders.",
        subcommands: [
            OpenLedger.self, LedgerCurrencies.self, VerifyLedger.self, RaiseTotal.self, RepairKeys.self,
            RebuildReadModel.self,
        ])
}

struct OrdersConfig: ParsableArguments {
    @Option(
        help: "The config that names the ledger and its read model. (default: ${CONFIG_DIR:-config}/ledger.json)",
        completion: .file(extensions: ["json"]))
    var config: String?
}

struct OpenLedger: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "open", abstract: "Open the ledger, once: without it no order is taken.",
        discussion: """
            The ledger takes the rates that there are: real ones, or the sandbox's. Where there are traces of an earlier \
            ledger, --already-sold says what had been sold: it counts against the cap. The cap is for as long as there is \
            the ledger; currencies can be added later.
            """)

    @Option(help: "How much may be sold in all, in BTC. (default: \(OpenLedgerCommand.standardCap))")
    var cap: String?

    @Option(
        help: "The currencies to take, with a comma between two. (default: \(OpenLedgerCommand.standardCurrencies))")
    var currencies: String?

    @Option(help: "What had been sold before, in BTC.")
    var alreadySold: String?

    @Option(help: "Which rates the ledger takes, where there are none yet: real or sandbox.")
    var kind: String?

    @OptionGroup var place: OrdersConfig

    private func command() throws -> OpenLedgerCommand {
        try validated { () throws(CommandError) in
            try OpenLedgerCommand(.init(alreadySold: alreadySold, kind: kind, cap: cap, currencies: currencies))
        }
    }

    func validate() throws { _ = try command() }

    func run() async throws {
        try await CommandExit.withExitCodes {
            try await command().run(config: place.config, environment: Environment(), print: CommandExit.show)
        }
    }
}

struct LedgerCurrencies: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "currencies", abstract: "Show which currencies the ledger takes, or add some.",
        discussion: """
            An added currency is taken at once, by apis that run too, if the feed of rates has a rate for it: first add it \
            to the filter of that feed's config. It cannot be taken back. Workers of a build that does not know of added \
            currencies must be started anew before.
            """)

    @Option(help: "The currencies to add, with a comma between two, such as CHF.")
    var add: String?

    @OptionGroup var place: OrdersConfig

    private func command() throws -> AddCurrenciesCommand {
        try validated { () throws(CommandError) in try AddCurrenciesCommand(add: add) }
    }

    func validate() throws { _ = try command() }

    func run() async throws {
        try await CommandExit.withExitCodes {
            try await command().run(config: place.config, environment: Environment(), print: CommandExit.show)
        }
    }
}

struct VerifyLedger: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Recompute the ledger: print ok and exit 0, or the errors and exit 1.",
        discussion:
            """
            Also looks at the table of seen keys, at the read model, and at what witnesses remember of acknowledged orders. \
            Only reads: orders may be taken meanwhile.
            """)

    @OptionGroup var place: OrdersConfig

    func run() async throws {
        try await CommandExit.withExitCodes {
            let isWell = try await VerifyLedgerCommand.run(
                config: place.config, environment: Environment(), print: CommandExit.show)
            if !isWell { throw ExitCode(1) }
        }
    }
}

struct RaiseTotal: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "raise", abstract: "Count lost orders: raise the ledger's sum of BTC sold.",
        discussion: """
            After a failover that lost acknowledged orders, or a backup that lacks some. Apis take orders again once what \
            they know to be missing is counted. The sum is never lowered, so check what you type: it cannot be undone.
            """)

    @Option(help: "What was sold in all, in BTC.")
    var sold: String

    @OptionGroup var place: OrdersConfig

    private func command() throws -> RaiseTotalCommand {
        try validated { () throws(CommandError) in try RaiseTotalCommand(sold: sold) }
    }

    func validate() throws { _ = try command() }

    func run() async throws {
        let command = try command()
        try await CommandExit.withExitCodes {
            try await command.run(config: place.config, environment: Environment(), print: CommandExit.show)
        }
    }
}

struct RepairKeys: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "repair", abstract: "Restore the table of seen keys from the ledger.",
        discussion:
            "Apis refuse orders while keys are missing (keys-lost). Reports orders that were placed twice meanwhile.")

    @OptionGroup var place: OrdersConfig

    func run() async throws {
        try await CommandExit.withExitCodes {
            try await RepairKeysCommand.run(config: place.config, environment: Environment(), print: CommandExit.show)
        }
    }
}

struct RebuildReadModel: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rebuild", abstract: "Rebuild the read model of orders from the ledger, while it is served.")

    @OptionGroup var place: OrdersConfig

    func run() async throws {
        try await CommandExit.withExitCodes {
            try await RebuildReadModelCommand.run(
                config: place.config, environment: Environment(), print: CommandExit.show)
        }
    }
}

/// Reports a mistake in an option in the same way as the argument parser.
func validated<Command>(_ make: () throws(CommandError) -> Command) throws -> Command {
    do throws(CommandError) {
        return try make()
    } catch {
        throw ValidationError("\(error)")
    }
}
