package import Redis
package import Tape

/// The witnesses of a ledger, for commands that people run: the files in the config's folder, as far as they are on this host,
/// and another Redis.
package struct LedgerWitnesses: Sendable {
    /// A record, and where it was found, in words.
    package struct Found: Equatable, Sendable {
        package let place: String
        package let record: WitnessRecord

        package init(place: String, record: WitnessRecord) {
            self.place = place
            self.record = record
        }
    }

    private let folder: String?
    private let redis: WitnessRedis?
    private let prefix: String

    /// Pass nil for a witness that is not configured; the names of the files also start with the prefix of `keys`.
    package init(folder: String?, redis: RedisClient?, keys: TapeKeys) {
        self.folder = folder
        self.redis = redis.map { WitnessRedis($0, keys: keys) }
        prefix = keys.prefix
    }

    /// Closes the connection to the Redis permanently.
    package func close() { redis?.redis.close() }

    /// Witnesses that cannot be read, in words; they may know of orders.
    package func unreadable() async throws(RedisError) -> [String] {
        var places = files.filter { $0.record == nil }.map(\.path)
        if let redis, try await redis.read() == .unreadable { places.append(redis.place) }
        return places
    }

    /// Reads the files, which blocks the thread, then the Redis; unreadable records are left out.
    ///
    /// Throws if the Redis does not answer, because its content is unknown then.
    package func found() async throws(RedisError) -> [Found] {
        var found = files.compactMap { file in file.record.map { Found(place: "the witness \(file.path)", record: $0) }
        }
        if let redis, case .record(let record) = try await redis.read() {
            found.append(Found(place: "the witness \(redis.place)", record: record))
        }
        return found
    }

    /// The record with the highest total about a ledger of this kind; of any kind if `kind` is nil.
    package func highest(of kind: DataKind?) async throws(RedisError) -> Found? {
        try await found().filter { kind == nil || $0.record.kind == kind }.max {
            $0.record.claim.total < $1.record.claim.total
        }
    }

    private var files: [WitnessFile.Found] {
        folder.map { WitnessFile.read(folder: $0, prefix: prefix) } ?? []
    }
}
