package import Logging

/// The names of what is logged: constants, so that a search for one finds every line that says it.
///
/// What was special about a line stands in its metadata, never in its name. `docs/reference/logging.md` explains each.
extension Logger.Message {
    /// Entries were published for blocks that the stores have; Redis had none.
    package static let archiveAdopted: Self = "archive.adopted"
    /// A store's block is not what was written.
    package static let archiveBlockDamaged: Self = "archive.block_damaged"
    /// A better block took the place of one that had fewer lists or was damaged.
    package static let archiveBlockReplaced: Self = "archive.block_replaced"
    /// Pieces of blocks that came from afar could not be kept on this machine.
    package static let archiveCacheFailed: Self = "archive.cache_failed"
    /// A block could not be made or kept; it is tried again.
    package static let archiveFailed: Self = "archive.failed"
    /// A list that its entry tells of is gone from Redis, or is another one, before its hour was archived.
    package static let archiveListMissing: Self = "archive.list_missing"
    /// A day was rewritten with fewer digits.
    package static let archiveRounded: Self = "archive.rounded"
    /// The block of an hour, or of a day, is in all stores that answer.
    package static let archiveSealed: Self = "archive.sealed"
    /// All stores have again what those did not get that had not answered.
    package static let archiveStoresEqual: Self = "archive.stores_equal"
    /// A store did not answer, and will get what it lacks later.
    package static let archiveStoreBehind: Self = "archive.store_behind"
    package static let apiConnections: Self = "api.connections"
    package static let apiListening: Self = "api.listening"
    /// `up` could not fill in the minutes before its start; new minutes do not depend on them.
    package static let backfillFailed: Self = "backfill.failed"
    /// The minute was closed already when the entry was to be published, as by another replica.
    package static let entryNotNeeded: Self = "entry.not_needed"
    package static let entryPublished: Self = "entry.published"
    /// The stream belongs to another source, or the minute lies in the future of Redis' clock.
    package static let entryRefused: Self = "entry.refused"
    /// Which proxy a feed uses; logged once at its start, if a variable names a proxy.
    package static let feedProxy: Self = "feed.proxy"
    /// Folding goes on after `ledgerLost`, `ledgerDamaged`, `readModelDamaged` or `foldWaits` had stopped it.
    package static let foldResumed: Self = "fold.resumed"
    /// Orders are not folded yet, because they are not as safe as the config's `orders.durability` asks for.
    package static let foldWaits: Self = "fold.waits"
    /// The ledger's next entry is not what an order writes; no order behind it is folded.
    package static let ledgerDamaged: Self = "ledger.damaged"
    /// What acknowledged orders survive; logged at the start, and when it has changed.
    package static let ledgerDurability: Self = "ledger.durability"
    /// The end of `ledgerLost` for an api: nothing that was acknowledged is missing any more.
    package static let ledgerFound: Self = "ledger.found"
    /// The ledger lacks an entry that was acknowledged, or that was folded last.
    package static let ledgerLost: Self = "ledger.lost"
    /// The string of a list is gone although its entry is there; the outcome says whether it was stored again.
    package static let listGone: Self = "list.gone"
    /// A stored list cannot be rendered, or is not what its entry says.
    package static let listUnreadable: Self = "list.unreadable"
    /// Lines arrive again after `logLost`; goes to the console alone.
    package static let logBack: Self = "log.back"
    /// Lines of an output begin to be lost; goes to the console alone.
    package static let logLost: Self = "log.lost"
    /// A file could not be opened again on SIGHUP; the old one stays in use.
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
    /// A page is asked for again, after `wait_ms`.
    package static let pageRetried: Self = "page.retried"
    package static let ratesUnreadable: Self = "rates.unreadable"
    package static let readModelDamaged: Self = "read_model.damaged"
    /// The end of `redisLost`: the last of the clients has connected again.
    package static let redisBack: Self = "redis.back"
    /// Redis closed a connection on a command and could be reached again at once: not an outage.
    package static let redisCut: Self = "redis.cut"
    package static let redisLoading: Self = "redis.loading"
    /// The first of the clients cannot reach Redis; those that follow are not logged.
    package static let redisLost: Self = "redis.lost"
    package static let redisUnfit: Self = "redis.unfit"
    /// A merge worker closed a feed's minute with a gap, because nothing was published in time.
    package static let sourceClosed: Self = "source.closed"
    /// The newest entry of a stream lies in the future, and keeps out all minutes before it.
    package static let streamAhead: Self = "stream.ahead"
    /// The end of `streamAhead`.
    package static let streamMended: Self = "stream.mended"
    /// Acknowledged orders cannot be remembered outside of the ledger's Redis.
    package static let witnessLost: Self = "witness.lost"
    package static let witnessUnreadable: Self = "witness.unreadable"
    /// A step failed and is tried again: a warning the first time, unless Redis is away, then debug.
    package static let workerRetries: Self = "worker.retries"
}
