import Orders
import Tape

/// `cointape orders rebuild`: folds the ledger again and replaces the read model.
package enum RebuildReadModelCommand {
    /// `config` is that of a project worker, by default `ledger.json` in the config folder.
    ///
    /// Throws `CommandError` or `RebuildError` if the ledger cannot be folded; the read model in use then stays as it was.
    package static func run(config: String?, environment: Environment, print: (String) -> Void) async throws {
        let places = try OrdersPlaces(config, environment: environment)
        let rebuild = ReadModelRebuild(
            readModel: places.readModel, ledger: places.ledger, keys: places.keys,
            confirmation: LedgerConfirmation(
                ledger: places.ledger, keys: places.keys, acknowledgement: places.acknowledgement),
            clock: places.clock)
        let sums = try await places.explainingDamage { try await rebuild.run() }
        print("rebuilt: \(sums.count) orders, up to the entry \(sums.last.map { "\($0.id)" } ?? "none")")
    }
}
