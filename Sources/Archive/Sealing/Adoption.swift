import Basics
import Blocks
package import Logging
import Logs
package import Redis
package import Tape
import Workers

/// Publishes entries for the blocks that the stores have, into streams that have none: files are the truth, and a Redis may be
/// lost.
package struct Adoption: Sendable {
    private let sealer: Sealer
    private let hours: (reader: StreamReader, publisher: Publisher)
    private let days: (reader: StreamReader, publisher: Publisher)
    private let logger: Logger

    package init(_ config: ArchiveConfig, redis: RedisClient, clock: TapeClock, logger: Logger) {
        sealer = Sealer(stores: config.stores.map(\.store), logger: logger)
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

    /// What came of it.
    package struct Outcome: Equatable, Sendable {
        /// Blocks that the stores have.
        package fileprivate(set) var blocks = 0
        /// Entries that were published.
        package fileprivate(set) var published = 0
        /// Names of the streams that had entries already: nothing was published there.
        package fileprivate(set) var full: [String] = []
        /// Blocks that no store has whole.
        package fileprivate(set) var damaged: [String] = []
    }

    /// Publishes to each of the two streams that is empty.
    ///
    /// Reads each block once, as a whole. A damaged one is told, and another store's is taken.
    package func run() async throws -> Outcome {
        var blocks: [BlockName: [any BlockStore]] = [:]
        for store in sealer.stores {
            for file in try await store.files(in: "") {
                if let name = BlockName(file: file.name) { blocks[name, default: []].append(store) }
            }
        }
        let names = blocks.keys.sorted { $0.first < $1.first }
        var outcome = Outcome(blocks: names.count)
        func adopt(_ names: [BlockName], _ stream: (reader: StreamReader, publisher: Publisher)) async throws {
            guard try await stream.reader.newestID() == nil else {
                outcome.full.append(stream.reader.key)
                return
            }
            for name in names {
                guard let draft = try await draft(name, blocks[name] ?? []) else {
                    outcome.damaged.append("\(name)")
                    continue
                }
                if try await stream.publisher.publish(draft, for: name.first) == .ok { outcome.published += 1 }
            }
        }
        try await adopt(names.filter { $0.minutes == 1440 }, days)
        // The hours of a day whose blocks went are closed by the last one's.
        var hours = names.filter { $0.minutes == 60 }
        if let day = names.last(where: { $0.minutes == 1440 }) {
            let last = BlockName.hour(day.end.advanced(byMinutes: -60))
            if !hours.contains(where: { $0.first >= last.first }) { hours.append(last) }
            blocks[last] = blocks[last] ?? []
        }
        try await adopt(hours, self.hours)
        if outcome.published > 0 {
            logger.notice(.archiveAdopted, metadata: [LogKey.count: "\(outcome.published)"])
        }
        return outcome
    }

    private func draft(_ name: BlockName, _ stores: [any BlockStore]) async throws -> EntryDraft? {
        // Not a block of its own any more.
        guard !stores.isEmpty else {
            return .other([("minute", name.first.description), ("place", BlockName.day(of: name.first).file)])
        }
        for store in stores {
            guard let source = try await store.open(name.file) else { continue }
            do {
                let bytes = try await source.read([0..<source.size])[0]
                return try await sealer.draft(name, bytes)
            } catch let damage as BlockDamage {
                sealer.tellDamage(name, store, "\(damage)")
            }
        }
        return nil
    }
}
