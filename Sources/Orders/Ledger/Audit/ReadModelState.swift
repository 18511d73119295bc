import Redis
import Tape

/// A read model of orders at one moment: its sums, and whether the lengths of its streams match them.
struct ReadModelState {
    /// nil if they cannot be read.
    private(set) var statistics: ReadModelStatistics?
    /// Problems of the read model itself, in words.
    private(set) var damage: [String] = []

    init(_ redis: RedisClient, _ keys: ReadModelKeys) async throws(RedisError) {
        // The statistics state which streams there are; currencies may be added in the meantime.
        var currencies = LedgerTerms.standard.currencies
        repeat {
            let state = try await Self(redis, keys, currencies)
            self = state
            guard let found = state.statistics?.currencies, !found.isEmpty, found != currencies else { return }
            currencies = found
        } while true
    }

    private init(_ redis: RedisClient, _ keys: ReadModelKeys, _ currencies: [Currency]) async throws(RedisError) {
        let streams = [nil] + currencies.map { Optional($0) }
        // Sums and streams are written together, and so must be read together; a transaction needs a connection of its own.
        let client = try await redis.server(of: keys.statistics).separate()
        defer { client.close() }
        _ = try await client.send(RedisCommand("MULTI"))
        _ = try await client.send(RedisCommand("HGETALL", keys.statistics))
        for stream in streams { _ = try await client.send(RedisCommand("XLEN", keys.orders(stream))) }
        let replies = try await client.send(RedisCommand("EXEC")).array ?? []
        guard replies.count == 1 + streams.count else {
            throw RedisError(.unexpectedReply, command: "EXEC", message: "a reply that is not as it should be")
        }
        if case .error = replies[0] {
            damage.append("\(keys.statistics) is no hash")
        } else {
            do throws(DamagedReadModel) {
                statistics = try ReadModelStatistics(replies[0])
            } catch {
                damage.append("\(error)")
            }
        }
        for (stream, reply) in zip(streams, replies.dropFirst()) { check(keys.orders(stream), stream, reply) }
    }

    private mutating func check(_ key: String, _ currency: Currency?, _ reply: RedisReply) {
        guard let length = reply.integer else {
            damage.append("\(key) is no stream")
            return
        }
        guard let statistics else { return }
        let count = currency.map { statistics[$0].count } ?? statistics.count
        if length != count {
            damage.append("\(key) has \(length) entries, and the read model's statistics count \(count)")
        }
    }
}
