package import Redis
import Synchronization
package import Tape

/// Another Redis that stores the newest acknowledged entry of the ledger.
///
/// Records are written one at a time, and of those that wait only the newest, so it lags behind by about a round trip.
package final class WitnessRedis: LedgerWitness {
    private struct State {
        var waiting: WitnessRecord?
        var isWriting = false
        var failure: String?
        /// The last record of this process that it stored.
        var own: [UInt8] = []
        var recordOfOther: WitnessRecord?
    }

    package let redis: RedisClient
    private let key: String
    private let state = Mutex(State())

    package init(_ redis: RedisClient, keys: TapeKeys) {
        self.redis = redis
        key = keys.witness
    }

    /// The content of the witness's key, whoever wrote it.
    package enum Content: Equatable, Sendable {
        case nothing
        case record(WitnessRecord)
        /// Not a valid record, or a key of another type.
        case unreadable
    }

    /// Queries Redis each time (`GET`); a key of another type is `unreadable`, and every other error is thrown.
    package func read() async throws(RedisError) -> Content {
        do throws(RedisError) {
            guard let bytes = try await redis.send(RedisCommand("GET", key)).bytes else { return .nothing }
            return WitnessRecord(bytes).map { .record($0) } ?? .unreadable
        } catch {
            guard error.code == .server("WRONGTYPE") else { throw error }
            return .unreadable
        }
    }

    /// Describes its location, for people.
    package var place: String { "\(key) in Redis \(redis.endpoint)" }

    /// Returns at once and never fails: see `writeFailure`.
    ///
    /// A record that waits is replaced by a newer one. A failed write is not retried by itself.
    package func write(_ record: WitnessRecord) {
        let isFirst = state.withLock { state in
            state.waiting = record
            defer { state.isWriting = true }
            return !state.isWriting
        }
        if isFirst { Task { await writeAll() } }
    }

    /// Replaces exactly this record, if it is still stored: after a person has counted a loss, a smaller total or another ledger
    /// may be right.
    package func replace(_ old: WitnessRecord, by record: WitnessRecord) async throws(RedisError) {
        _ = try await keep(record, replacing: old.text)
    }

    /// Why the last finished write failed; nil if it succeeded, or there was none.
    package var writeFailure: String? { state.withLock(\.failure) }

    private func writeAll() async {
        while true {
            let record = state.withLock { state in
                if state.waiting == nil { state.isWriting = false }
                defer { state.waiting = nil }
                return state.waiting
            }
            guard let record else { return }
            do throws(RedisError) {
                let (outcome, held) = try await keep(record, replacing: "")
                let failure = outcome == "other" ? "\(place) holds what is not this ledger's record" : nil
                state.withLock { state in
                    state.failure = failure
                    if held != state.own, let recordOfOther = WitnessRecord(held) {
                        state.recordOfOther = recordOfOther
                    }
                    if outcome == "kept" { state.own = record.bytes }
                }
            } catch {
                state.withLock { $0.failure = "\(redis.endpoint): \(error.message)" }
            }
        }
    }

    /// At most one record: the newest that a write has found there.
    package func takeRecordsOfOthers() -> [WitnessRecord] {
        state.withLock { state in
            defer { state.recordOfOther = nil }
            return [state.recordOfOther].compactMap(\.self)
        }
    }

    private func keep(
        _ record: WitnessRecord, replacing old: String
    ) async throws(RedisError) -> (outcome: String, held: [UInt8]) {
        let parts =
            try await redis.evaluate(
                Self.script, keys: [key], arguments: [record.text, "\(record.opened)", record.claim.total.digits, old]
            ).array ?? []
        guard parts.count == 2, let outcome = parts[0].text, let held = parts[1].bytes else {
            throw RedisError(
                .unexpectedReply, command: "keep_witness.lua", message: "a reply that the script does not make")
        }
        return (outcome, held)
    }

    private static let script = RedisScript(name: "keep_witness", source: PackageResources.keep_witness_lua)
}
