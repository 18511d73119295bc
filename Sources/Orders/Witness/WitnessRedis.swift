package import Redis
import Synchronization
package import Tape

/// Another Redis that holds the newest acknowledged entry of the ledger.
///
/// Records are written one after the other, and only the newest of those that wait: so it lags behind by about a round trip.
package final class WitnessRedis: LedgerWitness {
    private struct State {
        var waiting: WitnessRecord?
        var isWriting = false
        var failure: String?
    }

    package let redis: RedisClient
    private let key: String
    private let state = Mutex(State())

    package init(_ redis: RedisClient, keys: TapeKeys) {
        self.redis = redis
        key = keys.witness
    }

    /// What it holds; nil if that is nothing, or cannot be read.
    package func read() async throws(RedisError) -> WitnessRecord? {
        try await redis.send(RedisCommand("GET", key)).bytes.flatMap { WitnessRecord($0) }
    }

    package func write(_ record: WitnessRecord) {
        let isFirst = state.withLock { state in
            state.waiting = record
            defer { state.isWriting = true }
            return !state.isWriting
        }
        if isFirst { Task { await writeAll() } }
    }

    /// Replaces whatever it holds: after a person has counted what was lost, a smaller total may be the right one.
    package func replace(_ record: WitnessRecord) async throws(RedisError) {
        try await keep(record, replaces: true)
    }

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
                try await keep(record, replaces: false)
                state.withLock { $0.failure = nil }
            } catch {
                state.withLock { $0.failure = "\(redis.endpoint): \(error.message)" }
            }
        }
    }

    private func keep(_ record: WitnessRecord, replaces: Bool) async throws(RedisError) {
        _ = try await redis.evaluate(
            Self.script, keys: [key],
            arguments: [record.text, "\(record.opened)", record.claim.total.digits, replaces ? "1" : "0"])
    }

    private static let script = RedisScript(name: "keep_witness", source: PackageResources.keep_witness_lua)
}
