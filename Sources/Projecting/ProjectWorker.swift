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

/// Folds the ledger of orders into its read model, as orders come, until it is told to stop.
///
/// What a person must look at stops the fold: it is told once, and looked at again and again.
package struct ProjectWorker: Service, CustomStringConvertible {
    /// The worker's name.
    package let description: String
    private let fold: LedgerFold
    /// Has a connection of its own: it waits.
    private let waiting: StreamReader
    private let clock: TapeClock
    private let logger: Logger

    private static let batch = 500

    /// Makes further clients of the ledger's Redis: waiting for entries, or for replicas, must not hold up reading.
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

    /// Returns when the process is to end; errors are told, and what failed is tried again.
    package func run() async throws {
        var failures = Backoff(base: .milliseconds(100), maximum: .seconds(5))
        var stops = Backoff(base: .milliseconds(100), maximum: .seconds(5))
        var news = FoldNews()
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            do {
                let step = try await fold.step(atMost: Self.batch)
                switch step {
                case .moved: continue
                case .folded(let batch): tellFolded(batch)
                case .stopped, .caughtUp: break
                }
                if let item = news.changes(to: step.stop) { tell(item) }
                try await measureDrift(step)
                if case .caughtUp(let statistics) = step { try await waits(behind: statistics.last?.id) }
                failures.reset()
                if news.isHealthy {
                    stops.reset()
                } else {
                    guard await clock.pauses(for: stops.next()) else { return }
                }
            } catch {
                guard !Task.isShuttingDownGracefully else { return }
                logger.retries(after: error, isFirst: failures.isFresh)
                guard await clock.pauses(for: failures.next()) else { return }
            }
        }
    }

    /// Returns when there may be more to fold.
    private func waits(behind last: StreamID?) async throws {
        // The wait ends with the process; a step does not.
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

    private func tellFolded(_ batch: FoldBatch) {
        logger.debug(
            .ordersFolded,
            metadata: [
                LogKey.count: "\(batch.count)", LogKey.entry: "\(batch.statistics.last.map { "\($0.id)" } ?? "")",
            ])
    }

    private func tell(_ item: FoldNews.Item) {
        switch item {
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
    /// What keeps the fold from going on.
    fileprivate var stop: FoldStop? {
        if case .stopped(let stop) = self { stop } else { nil }
    }
}
