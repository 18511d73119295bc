import Redis
import Tape

/// A read model of orders at one moment: its sums, and whether its streams are as long as these count.
struct ReadModelState {
    /// nil where they cannot be read.
    private(set) var statistics: ReadModelStatistics?
    /// What is wrong with it by itself, in words.
    private(set) var damage: [String] = []

    init(_ redis: RedisClient, _ keys: ReadModelKeys) async throws(RedisError) {
        // Which streams there are the statistics say; currencies may be added in between.
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
        // Sums and streams are written at once, and are to be read at once; a transaction has its connection for itself.
        let client = redis.separate()
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
