import Orders
import Tape

/// `cointape orders repair`: rebuilds the table of seen keys from the ledger.
package enum RepairKeysCommand {
    /// `config` is that of a project worker, by default `ledger.json` in the config folder.
    ///
    /// Throws `CommandError` at the first unreadable entry; the keys of the orders before it are restored by then.
    package static func run(config: String?, environment: Environment, print: (String) -> Void) async throws {
        let places = try OrdersPlaces(config, environment: environment)
        let repair = KeyRepair(ledger: places.ledger, keys: places.keys, clock: places.clock)
        let report = try await places.explainingDamage { try await repair.run() }
        print("repaired: \(report.orders) orders; \(report.restored) keys were put back")
        report.doubled.lines.forEach { print("note: \($0)") }
    }
}
