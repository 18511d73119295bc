import Basics
import Logging
import Logs
import Redis
import Synchronization
import Tape
import TopLists

/// The lists of the past: from the index and the stored lists, the latest used ones kept.
final class ListHistory: Sendable {
    enum Finding: Sendable {
        case list(ServedList)
        case gap(Gap)
        case nothing
    }

    struct Neighbours: Equatable, Sendable {
        var before: Minute?
        var after: Minute?
        /// The oldest minute that the index has.
        var keptSince: Minute?
    }

    private struct Cache {
        var lists: [Minute: ServedList] = [:]
        /// The least recently used first.
        var order: [Minute] = []
    }

    private let reader: StreamReader
    private let loader: ListLoader
    private let capacity: Int
    private let logger: Logger
    private let cache = Mutex(Cache())

    init(reader: StreamReader, loader: ListLoader, capacity: Int, logger: Logger) {
        self.reader = reader
        self.loader = loader
        self.capacity = capacity
        self.logger = logger
    }

    /// A list once published never changes, so what is in the cache is right.
    func find(_ minute: Minute) async throws -> Finding {
        if let list = cached(minute) { return .list(list) }
        guard let entry = try await reader.entry(at: minute) else { return .nothing }
        if let gap = entry.gap { return .gap(gap) }
        do {
            guard let list = try await loader.list(for: entry) else { return .nothing }
            keep(list)
            return .list(list)
        } catch let error as ListLoader.Malformed {
            logger.error(.listUnreadable, metadata: [LogKey.detail: "\(error)"])
            return .gap(Gap(code: "unreadable", detail: "\(error)"))
        }
    }

    /// How far neighbours are looked for: a thousand minutes of gaps on either side.
    private static let batches = 10

    /// The nearest minutes with a list on both sides, as far as they are looked for.
    func neighbours(of minute: Minute) async throws(RedisError) -> Neighbours {
        let epoch = Minute(containing: Timestamp(milliseconds: 0))
        let before = try await reader.newest(from: epoch, to: minute, batch: 100, atMost: Self.batches) {
            $0.gap == nil && $0.minute < minute
        }
        let after = try await oldestList(after: minute)
        let oldest = try await reader.oldest()
        return Neighbours(before: before?.minute, after: after, keptSince: oldest?.minute)
    }

    private func oldestList(after minute: Minute) async throws(RedisError) -> Minute? {
        var from = StreamID(minute.advanced(byMinutes: 1))
        for _ in 0..<Self.batches {
            let entries = try await reader.oldest(100, from: from)
            if let entry = entries.first(where: { $0.gap == nil }) { return entry.minute }
            guard let last = entries.last else { return nil }
            from = StreamID(milliseconds: last.id.milliseconds, sequence: last.id.sequence + 1)
        }
        return nil
    }

    private func cached(_ minute: Minute) -> ServedList? {
        cache.withLock { cache in
            guard let list = cache.lists[minute] else { return nil }
            cache.order.removeAll { $0 == minute }
            cache.order.append(minute)
            return list
        }
    }

    private func keep(_ list: ServedList) {
        cache.withLock { cache in
            guard cache.lists.updateValue(list, forKey: list.minute) == nil else { return }
            cache.order.append(list.minute)
            if cache.order.count > capacity { cache.lists[cache.order.removeFirst()] = nil }
        }
    }
}
