import Basics
import Logging
import Logs
import Redis
import Synchronization
import Tape
import TopLists

/// The lists of the past: from the index and the stored lists, what was used last kept at hand.
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
        /// What the index says of lists that were asked for, so that only their rows need be read again.
        var known: [Minute: ListDescription] = [:]
        /// What is being fetched: who asks for it meanwhile waits for it too.
        var flights: [ListPart: Task<Finding, any Error>] = [:]
        /// That Redis did not answer just now.
        var outage: (error: RedisError, until: ContinuousClock.Instant)?
    }

    private enum Step {
        case take(ServedList)
        case join(Task<Finding, any Error>)
        case fail(RedisError)
    }

    /// About a week's; all are forgotten when there are more.
    private static let mostKnown = 10_000
    /// For so long others need not wait for the same failure: such as the routes, for a request whose connection has already
    /// waited for it.
    private static let breather: Duration = .milliseconds(100)

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

    /// What needs no Redis.
    func atHand(_ minute: Minute, _ query: ListQuery) -> ServedRows? {
        state.withLock { $0.recent.use(minute)?.rows(query) }
    }

    /// A list holds at least the rows that are asked for, in the format.
    ///
    /// What has to be fetched is fetched on the executor. A list once published never changes: what is kept is right.
    func find(_ minute: Minute, _ query: ListQuery, on executor: (any TaskExecutor)? = nil) async throws -> Finding {
        let part = ListPart(minute, query)
        let step = state.withLock { state -> Step in
            if let list = state.recent.use(minute), list.rows(query) != nil { return .take(list) }
            if let flight = state.flights[part] { return .join(flight) }
            if let outage = state.outage, outage.until > .now { return .fail(outage.error) }
            let flight = Task(executorPreference: executor) { try await self.land(part) }
            state.flights[part] = flight
            return .join(flight)
        }
        switch step {
        case .take(let list): return .list(list)
        case .join(let flight): return try await flight.value
        case .fail(let error): throw error
        }
    }

    private func land(_ part: ListPart) async throws -> Finding {
        defer { state.withLock { $0.flights[part] = nil } }
        do {
            switch try await loader.load(part, of: state.withLock { $0.known[part.minute] }) {
            case .gap(let gap): return .gap(gap)
            case .nothing: return .nothing
            case .list(let description, let rows):
                return state.withLock { state in
                    if state.known.count >= Self.mostKnown { state.known = [:] }
                    state.known[part.minute] = description
                    return .list(state.recent.keep(rows, of: description))
                }
            }
        } catch let error as ListDescription.Malformed {
            logger.error(.listUnreadable, metadata: [LogKey.detail: "\(error)"])
            return .gap(Gap(code: "unreadable", detail: "\(error)"))
        } catch let error as RedisError where error.isOutage {
            state.withLock { $0.outage = (error, .now + Self.breather) }
            throw error
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
