import Basics
import Logging
import Logs
import Orders
import Redis
import Tape

/// Checks the read model, the witnesses and the ledger periodically, to notice losses, and to learn what other replicas have
/// placed: see `LossDetector`.
struct LedgerMonitor: Sendable {
    let history: OrderHistory
    let expectedEntries: ExpectedEntries
    let detector: LossDetector
    let witnesses: [any LedgerWitness]
    let ledger: LedgerSnapshot
    let clock: TapeClock
    let logger: Logger

    private static let period: Duration = .seconds(1)

    /// Runs until cancelled.
    func run() async {
        var isFirst = true
        var loss: LedgerLoss?
        var failures: [String?] = witnesses.map { _ in nil }
        repeat {
            do {
                let last = try await detector.check()
                let waiting = try await history.firstUnprojected(behind: last)
                ledger.note(
                    try await history.newestEntry(),
                    waiting: waiting.map { clock.wallInstant(of: clock.now) - $0.time })
                ledger.note(try await history.terms())
                isFirst = true
            } catch {
                logger.retries(after: error, isFirst: isFirst)
                isFirst = false
            }
            log(expectedEntries.loss, after: &loss)
            logFailures(after: &failures)
        } while (try? await Task.sleep(for: isFirst ? Self.period : Self.period / 5)) != nil
    }

    private func log(_ loss: LedgerLoss?, after told: inout LedgerLoss?) {
        guard loss != told else { return }
        // The ledger's total may rise while the loss stays the same.
        if let loss, loss.record != told?.record {
            logger.error(
                .ledgerLost,
                metadata: [
                    LogKey.entry: "\(loss.claim.mark.id)", LogKey.detail: "\(loss)",
                    LogKey.remedy: "cointape orders verify",
                ])
        } else if loss == nil {
            logger.notice(.ledgerFound)
        }
        told = loss
    }

    private func logFailures(after told: inout [String?]) {
        for (index, witness) in witnesses.enumerated() {
            let failure = witness.writeFailure
            guard failure != told[index] else { continue }
            if let failure { logger.error(.witnessLost, metadata: [LogKey.error: "\(failure)"]) }
            told[index] = failure
        }
    }
}
