package import Basics
package import Logging
import Logs
package import Redis
package import Tape
import Workers

/// Publishes missing entries for blocks that the stores have: the files are authoritative, and Redis may lose its data.
package struct Adoption: Sendable {
    private let sealer: Sealer
    private let hours: (reader: StreamReader, publisher: Publisher)
    private let days: (reader: StreamReader, publisher: Publisher)
    private let logger: Logger

    /// `stores` are those of the config.
    package init(
        _ config: ArchiveConfig, stores: [any BlockStore], redis: RedisClient, clock: TapeClock, logger: Logger
    ) {
        sealer = Sealer(stores: stores, logger: logger)
        let keys = config.worker.redis.keys
        func stream(_ name: String) -> (StreamReader, Publisher) {
            (
                StreamReader(key: keys.stream(name), redis: redis, clock: clock),
                Publisher(
                    key: keys.stream(name), source: config.worker.name, retain: nil, redis: redis, clock: clock)
            )
        }
        hours = stream(config.stream)
        days = stream(config.days)
        self.logger = logger
    }

    /// The result of an adoption.
    package struct Outcome: Equatable, Sendable {
        /// Blocks in the stores that were looked at.
        package fileprivate(set) var blocks = 0
        /// Entries that were published.
        package fileprivate(set) var published = 0
        /// Blocks that no store has whole.
        package fileprivate(set) var damaged: [String] = []
    }

    /// Publishes the entries of blocks that are newer than the newest entry and end by `end`; all if `end` is nil.
    ///
    /// Reads each of these blocks completely, from the store whose copy has most lists. A damaged block is reported and skipped.
    package func run(until end: Minute? = nil) async throws -> Outcome {
        var names: Set<BlockName> = []
        var failures: [StoreError] = []
        for store in sealer.stores {
            do throws(StoreError) {
                names.formUnion(try await store.blocks().keys)
            } catch {
                failures.append(error)
            }
        }
        // Stores that answer are enough.
        if failures.count == sealer.stores.count, let first = failures.first { throw first }
        let sorted = names.filter { name in end.map { name.end <= $0 } ?? true }.sorted { $0.first < $1.first }
        let days = sorted.filter { $0.minutes == 1440 }
        var hours = sorted.filter { $0.minutes == 60 }
        // If the hours of a day were removed, the entry of its last hour closes them all.
        if let last = days.last.map({ BlockName.hour(of: $0.end.advanced(byMinutes: -1)) }),
            !hours.contains(where: { $0.first >= last.first })
        {
            hours.append(last)
        }
        var outcome = Outcome(blocks: sorted.count)
        // Days first: if the process is killed in between, the next run finds no hours and starts again.
        try await publish(days, self.days, &outcome)
        try await publish(hours, self.hours, &outcome)
        if outcome.published > 0 {
            logger.notice(.archiveAdopted, metadata: [LogKey.count: "\(outcome.published)"])
        }
        return outcome
    }

    private func publish(
        _ names: [BlockName], _ stream: (reader: StreamReader, publisher: Publisher), _ outcome: inout Outcome
    ) async throws {
        let newest = try await stream.reader.newestID()?.minute
        for name in names where newest.map({ $0 < name.first }) ?? true {
            var draft = try await sealer.draft(name)
            if draft == nil, name.minutes == 60, try await sealer.draft(.day(of: name.first)) != nil {
                draft = .other([("minute", name.first.description), ("place", BlockName.day(of: name.first).file)])
            }
            guard let draft else {
                outcome.damaged.append("\(name)")
                continue
            }
            if try await stream.publisher.publish(draft, for: name.first) == .ok { outcome.published += 1 }
        }
    }
}
