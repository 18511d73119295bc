package import Redis
import Synchronization
package import Tape

/// Waits until entries of the ledger are as safe as required: on replicas, on disks.
///
/// A write and the WAIT after it use a connection of their own, so that placing orders never waits for them; replication is
/// ordered, so they cover every entry that the server had before. All calls that arrive during one WAIT share the next one.
package final class LedgerConfirmation: Sendable {
    private typealias Waiter = @Sendable (Result<String?, RedisError>) -> Void

    private struct State {
        var isUnderWay = false
        var waiting: [(mark: LedgerMark, waiter: Waiter)] = []
        var obstacle: String?
        /// Until when the cached obstacle, or its absence, is valid.
        var knownUntil: ContinuousClock.Instant?
    }

    private static let probePeriod: Duration = .seconds(10)

    private let redis: RedisClient
    private let keys: TapeKeys
    private let acknowledgement: Acknowledgement
    private let state = Mutex(State())

    /// Returns nil if nothing beyond the server's own guarantees is required.
    ///
    /// `redis` is the ledger's; a separate connection is used.
    package init?(ledger redis: RedisClient, keys: TapeKeys, acknowledgement: Acknowledgement) {
        guard acknowledgement.command != nil else { return nil }
        self.redis = redis.separate()
        self.keys = keys
        self.acknowledgement = acknowledgement
    }

    /// Why this server cannot guarantee that entries are on disk; nil if it can, or if that is not required.
    package func obstacle() async throws(RedisError) -> String? {
        guard acknowledgement.fsync else { return nil }
        let known = state.withLock { state -> String?? in
            state.knownUntil.map { $0 > .now } == true ? .some(state.obstacle) : nil
        }
        if let known { return known }
        let server = try await redis.server(of: keys.ledger)
        let obstacle = try await LedgerDurability.probe(server, acknowledgement: acknowledgement).fsyncObstacle
        state.withLock { state in
            state.obstacle = obstacle
            state.knownUntil = .now + Self.probePeriod
        }
        return obstacle
    }

    /// What the entry lacks, in words; nil once it is as safe as required.
    ///
    /// Waits for at most one earlier WAIT, so it returns within twice the acknowledgement's timeout; if Redis hangs, it throws up
    /// to four seconds later.
    package func shortfall(of mark: LedgerMark) async throws(RedisError) -> String? {
        let result = await withUnsafeContinuation { continuation in
            let isFirst = state.withLock { state in
                state.waiting.append((mark, { continuation.resume(returning: $0) }))
                defer { state.isUnderWay = true }
                return !state.isUnderWay
            }
            if isFirst { Task { await confirmAll() } }
        }
        return try result.get()
    }

    private func confirmAll() async {
        while true {
            let batch = state.withLock { state in
                if state.waiting.isEmpty { state.isUnderWay = false }
                defer { state.waiting = [] }
                return state.waiting
            }
            guard !batch.isEmpty else { return }
            // Each entry is checked, because they may have been placed on two servers, before and after a failover.
            for (waiter, result) in zip(batch.map(\.waiter), await confirm(batch.map(\.mark))) { waiter(result) }
        }
    }

    private func confirm(_ marks: [LedgerMark]) async -> [Result<String?, RedisError>] {
        guard let command = acknowledgement.command else { return marks.map { _ in .success(nil) } }
        do throws(RedisError) {
            let (found, reply) = try await redis.evaluate(
                Self.script, keys: [keys.ledger, keys.confirmed],
                arguments: marks.flatMap { ["\($0.id)", "\($0.tail)"] },
                then: command, timeout: acknowledgement.timeout + .seconds(2))
            guard let found = found.array, found.count == marks.count else {
                throw RedisError(
                    .unexpectedReply, command: "confirm.lua", message: "a reply that the script does not make")
            }
            let shortfall = acknowledgement.shortfall(reply)
            return found.map { .success($0 == .integer(1) ? shortfall : "the ledger does not have it any more") }
        } catch {
            return marks.map { _ in .failure(error) }
        }
    }

    private static let script = RedisScript(name: "confirm", source: PackageResources.confirm_lua)
}
