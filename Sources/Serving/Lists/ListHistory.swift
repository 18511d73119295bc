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
        /// The oldest minute that the index has, or the archive.
        var keptSince: Minute?
    }

    private struct State {
        var store: ListStore
        /// What is being fetched, and who waits for it.
        var flights: [ListPart: [Completion]] = [:]
        /// That Redis did not answer just now.
        var outage: (error: RedisError, until: ContinuousClock.Instant)?
    }

    typealias Completion = @Sendable (Result<Finding, any Error>) -> Void

    private enum Step {
        case tell(Result<Finding, any Error>)
        case fetch(ListDescription?)
        /// Somebody else fetches it.
        case wait
    }

    /// Requests that come within this time after a failure get the same failure at once.
    private static let breather: Duration = .milliseconds(100)

    /// Whether any are kept at hand.
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

    /// What needs no Redis.
    func atHand(_ minute: Minute, _ query: ListQuery) -> ServedRows? {
        state.withLock { $0.store.list(minute)?.rows(query) }
    }

    /// A list holds at least the rows that are asked for, in the format.
    func find(_ minute: Minute, _ query: ListQuery) async throws -> Finding {
        try await withUnsafeThrowingContinuation { continuation in
            find(minute, query) { continuation.resume(with: $0) }
        }
    }

    /// As the other, without a task where that can be: `complete` is called once, from any thread, or at once.
    ///
    /// A list once published never changes: what is kept is right. A task that is needed runs on `executor`, where there is
    /// one: on the loop that has Redis' replies, none of them has to wake another thread.
    func find(
        _ minute: Minute, _ query: ListQuery, on executor: (any TaskExecutor)? = nil, _ complete: @escaping Completion
    ) {
        let part = ListPart(minute, query)
        switch state.withLock({ next(part, query, complete, &$0) }) {
        case .tell(let finding): complete(finding)
        case .wait: break
        case .fetch(let known?) where part.isSmall:
            loader.loadSmall(part, of: known) { [self] rows in
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
        if let list = state.store.list(part.minute), list.rows(query) != nil { return .tell(.success(.list(list))) }
        if state.flights[part]?.append(complete) != nil { return .wait }
        if let outage = state.outage, outage.until > .now { return .tell(.failure(outage.error)) }
        state.flights[part] = [complete]
        return .fetch(state.store.description(part.minute))
    }

    private func load(_ part: ListPart, of known: ListDescription?, on executor: (any TaskExecutor)?) {
        // What is large is rendered for milliseconds, which no loop must be held up for.
        Task(executorPreference: part.isSmall ? executor : nil) { [self] in
            do {
                land(part, .success(try await loader.load(part, of: known)))
            } catch {
                land(part, .failure(error))
            }
        }
    }

    /// Tells all who wait for it.
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
                if let error = error as? RedisError, error.isOutage {
                    state.outage = (error, .now + Self.breather)
                }
                finding = .failure(error)
            }
            return (finding, state.flights.removeValue(forKey: part) ?? [])
        }
        if let malformed { logger.error(.listUnreadable, metadata: [LogKey.detail: "\(malformed)"]) }
        for complete in waiting { complete(finding) }
    }

    /// The nearest minutes with a list on both sides, as far as they are looked for.
    func neighbours(of minute: Minute) async throws -> Neighbours {
        try await loader.neighbours(of: minute)
    }
}
