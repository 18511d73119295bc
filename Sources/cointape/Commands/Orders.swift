import ArgumentParser
import Assembly

struct Orders: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Open, verify or mend what orders are kept in.",
        subcommands: [
            OpenLedger.self, VerifyLedger.self, RaiseTotal.self, RepairKeys.self, RebuildReadModel.self,
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
        commandName: "open", abstract: "Open the ledger, once: without one no order is taken.",
        discussion: """
            The ledger takes the rates that there are: real ones, or the sandbox's. Where there are traces of an earlier \
            ledger, --already-sold says what had been sold: it counts against the 100 BTC.
            """)

    @Option(help: "What had been sold before, in BTC.")
    var alreadySold: String?

    @Option(help: "Which rates the ledger takes, where there are none yet: real or sandbox.")
    var kind: String?

    @OptionGroup var place: OrdersConfig

    func validate() throws {
        guard OpenLedgerCommand(alreadySold: alreadySold, kind: nil) != nil else {
            throw ValidationError(
                "--already-sold should be BTC from 0 to 100 with at most 8 decimals, such as 1.5")
        }
        guard OpenLedgerCommand(alreadySold: nil, kind: kind) != nil else {
            throw ValidationError("--kind should be \(OpenLedgerCommand.kinds.joined(separator: " or "))")
        }
    }

    func run() async throws {
        try await Ending.withExitCodes {
            let command = OpenLedgerCommand(alreadySold: alreadySold, kind: kind)
            try await command?.run(config: place.config, environment: Environment(), print: Ending.show)
        }
    }
}

struct VerifyLedger: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Add the ledger up again: ok and exit 0, or what is wrong and exit 1.",
        discussion:
            """
            Also looks at the table of seen keys, at the read model, and at what witnesses remember of acknowledged orders. \
            Only reads: orders may be taken meanwhile.
            """)

    @OptionGroup var place: OrdersConfig

    func run() async throws {
        try await Ending.withExitCodes {
            let isWell = try await VerifyLedgerCommand.run(
                config: place.config, environment: Environment(), print: Ending.show)
            if !isWell { throw ExitCode(1) }
        }
    }
}

struct RaiseTotal: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "raise", abstract: "Count what was sold and is lost: raise the ledger's sum of what is sold.",
        discussion: """
            After a failover that lost acknowledged orders, or a backup that lacks some. Apis take orders again once what \
            they know to be missing is counted. The sum is never lowered, so mind what you type: it cannot be taken back.
            """)

    @Option(help: "What was sold in all, in BTC.")
    var sold: String

    @OptionGroup var place: OrdersConfig

    func validate() throws {
        guard RaiseTotalCommand(sold: sold) != nil else {
            throw ValidationError("--sold should be BTC from 0 to 100 with at most 8 decimals, such as 1.5")
        }
    }

    func run() async throws {
        try await Ending.withExitCodes {
            let command = RaiseTotalCommand(sold: sold)
            try await command?.run(config: place.config, environment: Environment(), print: Ending.show)
        }
    }
}

struct RepairKeys: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "repair", abstract: "Make the table of seen keys whole again out of the ledger.",
        discussion:
            "Apis refuse orders while it lacks some (keys-lost). Orders that were placed twice meanwhile are told.")

    @OptionGroup var place: OrdersConfig

    func run() async throws {
        try await Ending.withExitCodes {
            try await RepairKeysCommand.run(config: place.config, environment: Environment(), print: Ending.show)
        }
    }
}

struct RebuildReadModel: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rebuild", abstract: "Make the read model of orders anew out of the ledger, while it is served.")

    @OptionGroup var place: OrdersConfig

    func run() async throws {
        try await Ending.withExitCodes {
            try await RebuildReadModelCommand.run(
                config: place.config, environment: Environment(), print: Ending.show)
        }
    }
}
