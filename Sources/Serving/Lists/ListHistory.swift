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

    private struct State {
        var recent: RecentLists
        /// Minutes that are being fetched: who asks for one meanwhile waits for it too.
        var flights: [Minute: Task<Finding, any Error>] = [:]
        var show: @Sendable (ServedList) -> Void = { _ in }
    }

    private let reader: StreamReader
    private let loader: ListLoader
    private let logger: Logger
    private let state: Mutex<State>

    init(reader: StreamReader, loader: ListLoader, capacity: Int, logger: Logger) {
        self.reader = reader
        self.loader = loader
        self.logger = logger
        state = Mutex(State(recent: RecentLists(capacity: capacity)))
    }

    /// Has `show` called with each list that is found in Redis from now on.
    func follow(_ show: @escaping @Sendable (ServedList) -> Void) {
        state.withLock { $0.show = show }
    }

    /// A list once published never changes, so what is kept is right.
    func find(_ minute: Minute) async throws -> Finding {
        let (list, flight) = state.withLock { state -> (ServedList?, Task<Finding, any Error>?) in
            if let list = state.recent.use(minute) { return (list, nil) }
            let flight = state.flights[minute] ?? Task { try await land(minute) }
            state.flights[minute] = flight
            return (nil, flight)
        }
        if let list { return .list(list) }
        return try await flight?.value ?? .nothing
    }

    private func land(_ minute: Minute) async throws -> Finding {
        defer { state.withLock { $0.flights[minute] = nil } }
        let (entry, stored) = try await reader.entry(at: minute, with: loader.key(minute))
        guard let entry else { return .nothing }
        if let gap = entry.gap { return .gap(gap) }
        guard let stored else { return .nothing }
        do {
            let list = try loader.list(stored, of: entry)
            state.withLock { state in
                state.recent.keep(list)
                state.show(list)
            }
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
}
