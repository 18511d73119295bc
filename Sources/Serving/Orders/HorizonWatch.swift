import Basics
import Logging
import Orders
import Tape

/// Looks at the read model now and then, so that what other replicas have placed is known here too: see `LedgerHorizon`.
struct HorizonWatch: Sendable {
    let history: OrderHistory
    let horizon: LedgerHorizon
    let figures: LedgerFigures
    let clock: TapeClock
    let logger: Logger

    private static let period: Duration = .seconds(1)

    /// Runs until cancelled.
    func run() async {
        var isFirst = true
        repeat {
            do {
                let last = try await history.last()
                horizon.noteReadModel(last)
                let waiting = try await history.firstUnprojected(behind: last)
                figures.note(
                    try await history.newestEntry(),
                    waiting: waiting.map { clock.wallInstant(of: clock.now) - $0.time })
                isFirst = true
            } catch {
                logger.retries(after: error, isFirst: isFirst)
                isFirst = false
            }
        } while (try? await Task.sleep(for: isFirst ? Self.period : Self.period / 5)) != nil
    }
}
