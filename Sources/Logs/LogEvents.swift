package import Logging

/// The names of log events: constants, so that a search for one finds all lines with it.
///
/// Details are in a line's metadata, never in its name. `docs/reference/logging.md` explains each event.
extension Logger.Message {
    /// Entries were published for blocks that the stores have but Redis did not know.
    package static let archiveAdopted: Self = "archive.adopted"
    /// A store's block is damaged.
    package static let archiveBlockDamaged: Self = "archive.block_damaged"
    /// A block replaced one that had fewer lists or was damaged.
    package static let archiveBlockReplaced: Self = "archive.block_replaced"
    /// Pieces of remote blocks could not be cached on this machine.
    package static let archiveCacheFailed: Self = "archive.cache_failed"
    /// A block could not be made or kept; it is retried.
    package static let archiveFailed: Self = "archive.failed"
    /// A list is gone from Redis, or does not match its entry, before its hour was archived.
    package static let archiveListMissing: Self = "archive.list_missing"
    /// A day was rewritten with fewer digits.
    package static let archiveRounded: Self = "archive.rounded"
    /// The block of an hour, or of a day, is in all stores that answer.
    package static let archiveSealed: Self = "archive.sealed"
    /// The stores that had not answered have caught up.
    package static let archiveStoresEqual: Self = "archive.stores_equal"
    /// A store did not answer, and gets what it lacks later.
    package static let archiveStoreBehind: Self = "archive.store_behind"
    package static let apiConnections: Self = "api.connections"
    package static let apiListening: Self = "api.listening"
    /// `up` could not fill in the minutes before its start; new minutes do not depend on them.
    package static let backfillFailed: Self = "backfill.failed"
    /// The end of `clusterLost`.
    package static let clusterBack: Self = "cluster.back"
    /// No node of a cluster tells which has what, and some refuse to; the last answer counts.
    package static let clusterLost: Self = "cluster.lost"
    /// The minute was already closed when the entry was published, for example by another replica.
    package static let entryNotNeeded: Self = "entry.not_needed"
    package static let entryPublished: Self = "entry.published"
    /// The stream belongs to another source, or the minute is in the future by Redis' clock.
    package static let entryRefused: Self = "entry.refused"
    /// Which proxy a feed uses; logged once at its start, if a variable names a proxy.
    package static let feedProxy: Self = "feed.proxy"
    /// Folding continues after `ledgerLost`, `ledgerDamaged`, `readModelDamaged` or `foldWaits`.
    package static let foldResumed: Self = "fold.resumed"
    /// Orders are not folded yet, because they are not as safe as the config's `orders.durability` requires.
    package static let foldWaits: Self = "fold.waits"
    /// The ledger's next entry is not valid; no order after it is folded.
    package static let ledgerDamaged: Self = "ledger.damaged"
    /// What acknowledged orders survive; logged at the start, and when it changes.
    package static let ledgerDurability: Self = "ledger.durability"
    /// The end of `ledgerLost` for an api: no acknowledged order is missing any more.
    package static let ledgerFound: Self = "ledger.found"
    /// The ledger lacks an entry that was acknowledged, or that was folded last.
    package static let ledgerLost: Self = "ledger.lost"
    /// A list's string is gone although its entry exists; the outcome says whether it was stored again.
    package static let listGone: Self = "list.gone"
    /// A stored list cannot be rendered, or does not match its entry.
    package static let listUnreadable: Self = "list.unreadable"
    /// Lines arrive again after `logLost`; only logged to the console.
    package static let logBack: Self = "log.back"
    /// Lines of an output begin to be lost; only logged to the console.
    package static let logLost: Self = "log.lost"
    /// A file could not be reopened on SIGHUP; the old one stays in use.
    package static let logNotReopened: Self = "log.not_reopened"
    package static let metricsListening: Self = "metrics.listening"
    package static let metricsUnavailable: Self = "metrics.unavailable"
    /// All pages of a minute's list were fetched; they are not published yet.
    package static let minuteFetched: Self = "minute.fetched"
    /// A minute has no rows: a warning, or debug while a merge worker catches up.
    package static let minuteGap: Self = "minute.gap"
    package static let minuteMerged: Self = "minute.merged"
    package static let onDemandFailed: Self = "on_demand.failed"
    /// Entries of the ledger, up to `entry.id`, are in the read model.
    package static let ordersFolded: Self = "orders.folded"
    /// A page is requested again, after `wait_ms`.
    package static let pageRetried: Self = "page.retried"
    package static let ratesUnreadable: Self = "rates.unreadable"
    package static let readModelDamaged: Self = "read_model.damaged"
    /// The end of `redisLost`: the last client has connected again.
    package static let redisBack: Self = "redis.back"
    /// Redis closed a connection on a command, and could be reached again at once; this is not an outage.
    package static let redisCut: Self = "redis.cut"
    package static let redisLoading: Self = "redis.loading"
    /// The first client cannot reach Redis; the ones after it are not logged.
    package static let redisLost: Self = "redis.lost"
    /// The Sentinels name another primary, or slots of a cluster have another one, and clients follow.
    package static let redisMoved: Self = "redis.moved"
    package static let redisUnfit: Self = "redis.unfit"
    /// The end of `sentinelLost`.
    package static let sentinelBack: Self = "sentinel.back"
    /// A Sentinel does not name the primary; the others go on.
    package static let sentinelLost: Self = "sentinel.lost"
    /// A merge worker closed a feed's minute with a gap, because nothing was published in time.
    package static let sourceClosed: Self = "source.closed"
    /// The newest entry of a stream is in the future, and blocks all minutes before it.
    package static let streamAhead: Self = "stream.ahead"
    /// The end of `streamAhead`.
    package static let streamMended: Self = "stream.mended"
    /// A certificate could not be read again on SIGHUP; the old one stays in use.
    package static let tlsNotReloaded: Self = "tls.not_reloaded"
    /// A certificate was read again on SIGHUP.
    package static let tlsReloaded: Self = "tls.reloaded"
    /// The provider does not say what is left of the plan; the budget counts on by itself.
    package static let usageUnknown: Self = "usage.unknown"
    /// Acknowledged orders cannot be recorded outside the ledger's Redis.
    package static let witnessLost: Self = "witness.lost"
    package static let witnessUnreadable: Self = "witness.unreadable"
    /// A step failed and is retried: a warning the first time, then debug; always debug while Redis is away.
    package static let workerRetries: Self = "worker.retries"
}
