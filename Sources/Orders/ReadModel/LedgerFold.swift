import Basics
package import Redis
package import Tape

/// Folds the ledger's next orders into the read model, which always equals the ledger's prefix up to `last`.
///
/// The position is part of the data that it writes by compare-and-set, so any number of processes may fold at the same time, and
/// be killed at any point.
package struct LedgerFold: Sendable {
    /// The result of one step; only `folded` has written anything.
    package enum Step: Equatable, Sendable {
        /// This batch was folded.
        case folded(FoldBatch)
        /// There are no more entries.
        case caughtUp(ReadModelStatistics)
        /// Another process was faster; try again.
        case moved
        /// Nothing was folded, and retrying is useless until this is fixed; only `unconfirmed` may resolve by itself.
        case stopped(FoldStop)
    }

    private let readModel: RedisClient
    private let ledger: StreamReader
    private let keys: ReadModelKeys
    private let confirmation: LedgerConfirmation?

    /// With a `confirmation`, only entries without a shortfall are folded: an entry that a failover may still lose was not
    /// acknowledged, and must not count as known.
    package init(
        readModel: RedisClient, ledger: RedisClient, keys: TapeKeys, space: ReadModelKeys.Space = .live,
        confirmation: LedgerConfirmation?, clock: TapeClock
    ) {
        self.readModel = readModel
        self.confirmation = confirmation
        self.ledger = StreamReader(key: keys.ledger, redis: ledger, clock: clock)
        self.keys = ReadModelKeys(keys, space)
    }

    /// Folds at most this many entries.
    package func step(atMost count: Int) async throws(RedisError) -> Step {
        let statistics: ReadModelStatistics
        switch try await read() {
        case .success(let found): statistics = found
        case .failure(let damage): return .stopped(.readModelDamaged(damage))
        }
        let entries = try await entries(from: statistics.last, atMost: count)
        let batch = FoldBatch(statistics, entries)
        // The entries before a stop are folded first.
        guard batch.count > 0 else { return batch.stop.map { .stopped($0) } ?? .caughtUp(statistics) }
        if let confirmation, let last = batch.statistics.last {
            if let obstacle = try await confirmation.obstacle() { return .stopped(.unconfirmed(obstacle)) }
            if let shortfall = try await confirmation.shortfall(of: last) { return .stopped(.unconfirmed(shortfall)) }
        }
        return try await write(batch, behind: statistics.last)
    }

    /// The drift of the running total, as far as the next entries show it; nil if the read model cannot be read.
    package func drift(atMost count: Int) async throws(RedisError) -> LedgerDrift? {
        guard case .success(let statistics) = try await read() else { return nil }
        let entries = try await entries(from: statistics.last, atMost: count)
        return LedgerDrift(statistics, Array(entries.drop { $0.id == statistics.last?.id }))
    }

    /// The ledger's entries from `last` on, including that one; from the start if it is nil.
    private func entries(from last: LedgerMark?, atMost count: Int) async throws(RedisError) -> [TapeEntry] {
        guard let last else { return try await ledger.oldest(count, from: StreamID(milliseconds: 0, sequence: 0)) }
        return try await ledger.oldest(count + 1, from: last.id)
    }

    private func read() async throws(RedisError) -> Result<ReadModelStatistics, DamagedReadModel> {
        let reply: RedisReply
        do throws(RedisError) {
            reply = try await readModel.send(RedisCommand("HGETALL", keys.statistics))
        } catch {
            guard error.code == .server("WRONGTYPE") else { throw error }
            return .failure(DamagedReadModel("\(keys.statistics) is no hash"))
        }
        do throws(DamagedReadModel) {
            return .success(try ReadModelStatistics(reply))
        } catch {
            return .failure(error)
        }
    }

    private func write(_ batch: FoldBatch, behind last: LedgerMark?) async throws(RedisError) -> Step {
        let fields = batch.statistics.fields
        let currencies = batch.statistics.currencies
        var arguments: [any RedisArgument] = [last.map { "\($0.id)" } ?? "", last.map { "\($0.tail)" } ?? ""]
        arguments.append(LedgerTerms.text(of: currencies))
        arguments.append(fields.count)
        for field in fields { arguments += [field.name, field.value] }
        for order in batch.orders {
            arguments.append("\(order.id.entry)")
            for field in order.fields { arguments += [field.name, field.value] }
        }
        let reply = try await readModel.evaluate(Self.script, keys: keys.all(currencies), arguments: arguments)
        let parts = (reply.array ?? []).compactMap(\.text)
        switch parts.first {
        case "ok": return .folded(batch)
        case "moved": return .moved
        case "damaged": return .stopped(.readModelDamaged(DamagedReadModel(parts.dropFirst().joined(separator: " "))))
        default:
            let words = parts.joined(separator: " ")
            throw RedisError(.unexpectedReply, command: "project.lua", message: "the answer \"\(words)\"")
        }
    }

    static let script = RedisScript(
        name: "project", source: PackageResources.project_lua, functions: PackageResources.ledger_lua,
        probesWrites: true)
}
