import Basics
import Logging
import Logs
import Redis
import Synchronization
import Tape
import TopLists

/// The lists of the past, from the index and the stored lists, with a cache of the most recently used ones.
final class ListHistory: Sendable {
    enum Finding: Sendable {
        case list(ServedList)
        case gap(Gap)
        case nothing
    }

    struct Neighbours: Equatable, Sendable {
        var before: Minute?
        var after: Minute?
        /// The oldest minute in the index or the archive.
        var keptSince: Minute?
    }

    private struct State {
        var store: ListStore
        /// The parts that are being fetched, with the callers that wait for them.
        var flights: [ListPart: [Completion]] = [:]
        /// A recent failure of Redis to answer.
        var outage: (error: RedisError, until: ContinuousClock.Instant)?
    }

    typealias Completion = @Sendable (Result<Finding, any Error>) -> Void

    private enum Step {
        case complete(Result<Finding, any Error>)
        case fetch(ListDescription?)
        /// Another caller is fetching it.
        case wait
    }

    /// Requests within this time after a failure get the same failure at once.
    private static let breather: Duration = .milliseconds(100)

    /// Whether the cache keeps any lists.
    let keepsLists: Bool
    private let loader: ListLoader
    private let logger: Logger
    private let state: Mutex<State>

    init(loader: ListLoader, capacity: Int, logger: Logger) {
        keepsLists = capacity > 0
        self.loader = loader
        self.logger = logger
        state = Mutex(State(store: ListStore(capacity: capacity)))
    }

    /// The rows if they are cached; never asks Redis.
    func atHand(_ minute: Minute, _ query: ListQuery) -> ServedRows? {
        state.withLock { $0.store.list(minute)?.rows(query) }
    }

    /// A list in the result has at least the requested rows, in the requested format.
    func find(_ minute: Minute, _ query: ListQuery) async throws -> Finding {
        try await withUnsafeThrowingContinuation { continuation in
            find(minute, query) { continuation.resume(with: $0) }
        }
    }

    /// Like the other one, but avoids a task if possible: `complete` is called once, immediately or later, from any thread.
    ///
    /// A published list never changes, so cached lists are right. If a task is needed, it runs on `executor`, if there is one: on
    /// the event loop that gets Redis' replies, no reply has to wake another thread.
    func find(
        _ minute: Minute, _ query: ListQuery, on executor: (any TaskExecutor)? = nil, _ complete: @escaping Completion
    ) {
        let part = ListPart(minute, query)
        switch state.withLock({ next(part, query, complete, &$0) }) {
        case .complete(let finding): complete(finding)
        case .wait: break
        case .fetch(let known?) where part.isSmall:
            loader.loadSmallFromRedis(part, of: known) { [self] rows in
                switch rows {
                case .success(let rows?): land(part, .success(.list(known, rows)))
                case .success(nil): load(part, of: known, on: executor)
                case .failure(let error): land(part, .failure(error))
                }
            }
        case .fetch(let known): load(part, of: known, on: executor)
        }
    }

    private func next(
        _ part: ListPart, _ query: ListQuery, _ complete: @escaping Completion, _ state: inout State
    ) -> Step {
        if let list = state.store.list(part.minute), list.rows(query) != nil { return .complete(.success(.list(list))) }
        if state.flights[part]?.append(complete) != nil { return .wait }
        if let outage = state.outage, outage.until > .now { return .complete(.failure(outage.error)) }
        state.flights[part] = [complete]
        return .fetch(state.store.description(part.minute))
    }

    private func load(_ part: ListPart, of known: ListDescription?, on executor: (any TaskExecutor)?) {
        // Rendering a large list takes milliseconds, which must not block an event loop.
        Task(executorPreference: part.isSmall ? executor : nil) { [self] in
            do {
                land(part, .success(try await loader.load(part, of: known)))
            } catch {
                land(part, .failure(error))
            }
        }
    }

    /// Passes the result to all waiting callers.
    private func land(_ part: ListPart, _ loaded: Result<ListLoader.Loaded, any Error>) {
        var malformed: ListDescription.Malformed?
        let (finding, waiting) = state.withLock { state -> (Result<Finding, any Error>, [Completion]) in
            let finding: Result<Finding, any Error>
            switch loaded {
            case .success(.gap(let gap)): finding = .success(.gap(gap))
            case .success(.nothing): finding = .success(.nothing)
            case .success(.list(let description, let rows)):
                finding = .success(.list(state.store.keep(rows, of: description)))
            case .failure(let error as ListDescription.Malformed):
                malformed = error
                finding = .success(.gap(Gap(code: "unreadable", detail: "\(error)")))
            case .failure(let error):
                if let error = error as? RedisError, error.isOutage, !loader.isOnCluster {
                    state.outage = (error, .now + Self.breather)
                }
                finding = .failure(error)
            }
            return (finding, state.flights.removeValue(forKey: part) ?? [])
        }
        if let malformed { logger.error(.listUnreadable, metadata: [LogKey.detail: "\(malformed)"]) }
        for complete in waiting { complete(finding) }
    }

    /// The nearest minutes with a list on both sides, within the limits of the search.
    func neighbours(of minute: Minute) async throws -> Neighbours {
        try await loader.neighbours(of: minute)
    }
}
