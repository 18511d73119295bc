import Orders
import Tape

/// `cointape orders repair`: makes the table of seen keys anew from the ledger.
package enum RepairKeysCommand {
    package static func run(config: String?, environment: Environment, print: (String) -> Void) async throws {
        let places = try OrdersPlaces(config, environment: environment)
        let report = try await KeyRepair(ledger: places.ledger, keys: places.keys, clock: places.clock).run()
        print("repaired: \(report.orders) orders; \(report.restored) keys were put back")
        report.doubled.lines.forEach { print("note: \($0)") }
    }
}
