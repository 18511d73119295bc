import Basics
import CoreMetrics
package import Logging
import Logs
import Orders
package import Redis
import ServiceLifecycle
package import Tape
import Telemetry
import Workers

/// Folds the ledger of orders into its read model as orders arrive, until it is told to stop.
///
/// If a problem needs a person, the fold stops: the problem is logged once, and checked repeatedly.
package struct ProjectWorker: Service, CustomStringConvertible {
    /// The worker's name.
    package let description: String
    private let fold: LedgerFold
    /// Uses a connection of its own, because it blocks.
    private let waiting: StreamReader
    private let clock: TapeClock
    private let logger: Logger

    private static let batch = 500

    /// Creates further clients of the ledger's Redis, so that waiting for entries or replicas does not block reading.
    package init(
        _ config: ProjectConfig, ledger: RedisClient, readModel: RedisClient, clock: TapeClock, logger: Logger
    ) {
        description = config.worker.name
        let keys = config.worker.redis.keys
        let confirmation = LedgerConfirmation(
            ledger: ledger, keys: keys, acknowledgement: config.orders.acknowledgement)
        fold = LedgerFold(readModel: readModel, ledger: ledger, keys: keys, confirmation: confirmation, clock: clock)
        waiting = StreamReader(key: keys.ledger, redis: ledger.separate(), clock: clock)
        self.clock = clock
        self.logger = logger
    }

    /// Returns when the process shuts down; errors are logged and retried.
    package func run() async throws {
        var failures = Backoff(base: .milliseconds(100), maximum: .seconds(5))
        var stops = Backoff(base: .milliseconds(100), maximum: .seconds(5))
        var tracker = FoldStateTracker()
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            do {
                let step = try await fold.step(atMost: Self.batch)
                switch step {
                case .moved: continue
                case .folded(let batch): log(batch)
                case .stopped, .caughtUp: break
                }
                if let change = tracker.update(to: step.stop) { log(change) }
                try await measureDrift(step)
                if case .caughtUp(let statistics) = step { try await waits(behind: statistics.last?.id) }
                failures.reset()
                if tracker.isHealthy {
                    stops.reset()
                } else {
                    guard await clock.pauses(for: stops.next()) else { return }
                }
            } catch {
                guard !Task.isShuttingDownGracefully else { return }
                logger.retries(after: error, isFirst: failures.isFresh)
                guard await waiting.pauses(for: failures.next()) else { return }
            }
        }
    }

    /// Returns when there may be more entries to fold.
    private func waits(behind last: StreamID?) async throws {
        // Shutdown interrupts this wait, but not a step.
        try await cancelWhenGracefulShutdown {
            _ = try await waiting.next(after: last, waiting: .seconds(5))
        }
    }

    private func measureDrift(_ step: LedgerFold.Step) async throws {
        var drift: Int128 = 0
        if case .ledgerDamaged? = step.stop {
            drift = try await fold.drift(atMost: Self.batch)?.satoshi ?? 0
        }
        Gauge(.ledgerDrift).record(Double(drift))
    }

    private func log(_ batch: FoldBatch) {
        logger.debug(
            .ordersFolded,
            metadata: [
                LogKey.count: "\(batch.count)", LogKey.entry: "\(batch.statistics.last.map { "\($0.id)" } ?? "")",
            ])
    }

    private func log(_ change: FoldStateTracker.Change) {
        switch change {
        case .stopped(.ledgerLost(let mark)):
            logger.error(.ledgerLost, metadata: [LogKey.entry: "\(mark.id)"])
        case .stopped(.ledgerDamaged(let entry)):
            logger.error(.ledgerDamaged, metadata: [LogKey.entry: "\(entry.id)", LogKey.detail: "\(entry)"])
        case .stopped(.readModelDamaged(let model)):
            logger.error(.readModelDamaged, metadata: [LogKey.detail: "\(model.reason)"])
        case .stopped(.unconfirmed(let words)):
            logger.warning(.foldWaits, metadata: [LogKey.detail: "\(words)"])
        case .resumed: logger.notice(.foldResumed)
        }
    }
}

extension LedgerFold.Step {
    /// Why the fold cannot continue; nil if it can.
    fileprivate var stop: FoldStop? {
        if case .stopped(let stop) = self { stop } else { nil }
    }
}
