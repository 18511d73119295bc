import Basics
package import Redis
package import Tape

/// Finds out whether the ledger has lost entries: reads at the start what the read model and the witnesses know, and checks
/// repeatedly whether the ledger still has it.
///
/// A loss is marked in the ledger's Redis, so that every api refuses orders. The mark is removed once a person has counted the
/// loss, or the entry exists again.
package struct LossDetector: Sendable {
    private let history: OrderHistory
    private let expectedEntries: ExpectedEntries
    private let lossCheck: LossCheck
    private let keyAudit: KeyAudit
    private let files: [WitnessFile.Found]
    private let witness: WitnessRedis?
    private let redis: RedisClient

    /// `files` is the content of the witness files at the start of the process.
    package init(
        history: OrderHistory, expectedEntries: ExpectedEntries, ledger redis: RedisClient,
        files: [WitnessFile.Found] = [],
        witness: WitnessRedis? = nil, keys: TapeKeys, clock: TapeClock
    ) {
        self.history = history
        self.expectedEntries = expectedEntries
        self.files = files
        self.witness = witness
        self.redis = redis
        lossCheck = LossCheck(ledger: redis, keys: keys, clock: clock)
        keyAudit = KeyAudit(ledger: redis, keys: keys, clock: clock)
    }

    /// Checks once; returns the last entry that the read model has folded.
    ///
    /// Throws `RedisError` and `DamagedReadModel`; then the expected entries are as of the last check, and include losses
    /// found before the failure.
    @discardableResult
    package func check() async throws -> LedgerMark? {
        let opening = try await naming("the ledger", redis.endpoint) { () async throws -> LedgerOpening? in
            try await self.opening()
        }
        expectedEntries.note(opening: opening)
        var (folded, unread): (LedgerClaim?, (any Error)?) = (nil, nil)
        do {
            folded = try await naming("the read model", history.readModel.endpoint) { try await history.folded() }
        } catch {
            // The other records are still checked.
            unread = error
        }
        try await recall()
        if let folded, expectedEntries.newest.map({ $0.id < folded.mark.id }) ?? true { expectedEntries.hold(folded) }
        let fold = folded.flatMap { expectedEntries.record(of: $0) }
        let failure = try await naming("the ledger", redis.endpoint) { try await judge(opening, fold) }
        // Must be done before orders are taken, because a raise that is not counted yet looks like a lost key to their script.
        let count = try await naming("the table of seen keys", redis.endpoint) {
            try await keyAudit.entriesWithoutKey(of: opening?.id, known: expectedEntries.entriesWithoutKey)
        }
        if let count { expectedEntries.note(entriesWithoutKey: count) }
        if unread == nil { expectedEntries.open() }
        if let error = unread ?? failure { throw error }
        return folded?.mark
    }

    /// Reads the records of the witnesses: at the start, and again if a witness rejects this process' records, because it may
    /// know more.
    private func recall() async throws {
        if !expectedEntries.isKnown { files.compactMap(\.record).forEach(expectedEntries.hold) }
        if let witness {
            var kept = WitnessRedis.Content.nothing
            if !expectedEntries.isKnown {
                kept = try await naming("the witness", witness.redis.endpoint) { try await witness.read() }
            } else if witness.writeFailure != nil {
                kept = (try? await witness.read()) ?? .nothing
            }
            if case .record(let record) = kept { expectedEntries.hold(record) }
        }
        expectedEntries.remind()
    }

    /// If the body fails, notes what could not be read.
    private func naming<Result>(
        _ place: String, _ endpoint: RedisEndpoint, _ body: () async throws -> Result
    ) async throws -> Result {
        do {
            return try await body()
        } catch {
            expectedEntries.note(obstacle: "\(place) (\(endpoint): \((error as? RedisError)?.message ?? "\(error)"))")
            throw error
        }
    }

    /// Returns nil for a damaged one; the script that places orders reports it.
    private func opening() async throws -> LedgerOpening? {
        do {
            return try await history.opening()
        } catch is DamagedEntry {
            return nil
        }
    }

    /// Each record is judged by itself: even if the newest entry exists, those of another server may not.
    ///
    /// Returns the error if findings could not be recorded for others, which does not affect this process.
    private func judge(_ opening: LedgerOpening?, _ fold: WitnessRecord?) async throws -> RedisError? {
        var records = expectedEntries.records
        if let fold, !records.contains(fold) { records.append(fold) }
        var verdicts: [(record: WitnessRecord, verdict: WitnessVerdict)] = []
        let connection = redis.connections
        for record in records {
            verdicts.append((record, try await lossCheck.verdict(on: record, opening: opening)))
        }
        let together = connection == redis.connections && connection > 0
        expectedEntries.settle(verdicts, together: together)
        var failure: RedisError?
        func attempt(_ body: () async throws(RedisError) -> Void) async {
            do throws(RedisError) { try await body() } catch { failure = failure ?? error }
        }
        for case (_, .lost(let loss)) in verdicts {
            await attempt { () throws(RedisError) in try await lossCheck.mark(loss) }
        }
        for case (let record, .counted) in verdicts {
            guard let next = expectedEntries.record, next != record else { continue }
            await attempt { () throws(RedisError) in try await witness?.replace(record, by: next) }
        }
        var marked: LedgerLoss?
        if let mark = try await lossCheck.mark() {
            if case .lost(let loss) = try await lossCheck.verdict(on: mark, opening: opening) {
                marked = loss
                // The process that marked it may be gone, and the mark may be lost with the ledger's Redis.
                expectedEntries.settle([(mark, .lost(loss))], together: false)
            } else {
                await attempt { () throws(RedisError) in try await lossCheck.clear(mark) }
            }
        }
        expectedEntries.note(marked: marked)
        return failure
    }
}
