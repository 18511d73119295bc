package import Logging

/// The names of what is logged: constants, so that a search for one finds every line that says it.
///
/// What was special about a line stands in its metadata, never in its name. `docs/logging.md` explains each.
extension Logger.Message {
    package static let apiConnections: Self = "api.connections"
    package static let apiListening: Self = "api.listening"
    package static let backfillFailed: Self = "backfill.failed"
    package static let entryNotNeeded: Self = "entry.not_needed"
    package static let entryPublished: Self = "entry.published"
    package static let entryRefused: Self = "entry.refused"
    package static let foldResumed: Self = "fold.resumed"
    package static let ledgerDamaged: Self = "ledger.damaged"
    package static let ledgerDurability: Self = "ledger.durability"
    package static let ledgerLost: Self = "ledger.lost"
    package static let listUnreadable: Self = "list.unreadable"
    package static let logBack: Self = "log.back"
    package static let logLost: Self = "log.lost"
    package static let logNotReopened: Self = "log.not_reopened"
    package static let metricsListening: Self = "metrics.listening"
    package static let metricsUnavailable: Self = "metrics.unavailable"
    package static let minuteFetched: Self = "minute.fetched"
    package static let minuteGap: Self = "minute.gap"
    package static let minuteMerged: Self = "minute.merged"
    package static let onDemandFailed: Self = "on_demand.failed"
    package static let ordersFolded: Self = "orders.folded"
    package static let pageRetried: Self = "page.retried"
    package static let ratesUnreadable: Self = "rates.unreadable"
    package static let readModelDamaged: Self = "read_model.damaged"
    package static let redisBack: Self = "redis.back"
    package static let redisLoading: Self = "redis.loading"
    package static let redisLost: Self = "redis.lost"
    package static let redisUnfit: Self = "redis.unfit"
    package static let sourceClosed: Self = "source.closed"
    package static let streamAhead: Self = "stream.ahead"
    package static let streamMended: Self = "stream.mended"
    package static let workerRetries: Self = "worker.retries"
}
