import Blocks
import Synchronization

/// A remote store that is left alone for a while after it did not answer, so that callers do not wait for it repeatedly.
struct PausingStore: BlockStore {
    private let store: any BlockStore
    private let pause: Pause

    var name: String { store.name }

    /// A call within `time` after a failure fails at once with the same error.
    ///
    /// After that, one caller tries the store again, and the others still fail at once.
    init(_ store: any BlockStore, for time: Duration) {
        self.store = store
        pause = Pause(time)
    }

    final class Pause: Sendable {
        private let time: Duration
        private let failure = Mutex<(error: StoreError, until: ContinuousClock.Instant)?>(nil)

        init(_ time: Duration) {
            self.time = time
        }

        func around<Result>(_ body: () async throws(StoreError) -> Result) async throws(StoreError) -> Result {
            let known = failure.withLock { failure -> StoreError? in
                guard let known = failure else { return nil }
                if known.until > .now { return known.error }
                failure?.until = .now + time
                return nil
            }
            if let known { throw known }
            do throws(StoreError) {
                let result = try await body()
                failure.withLock { $0 = nil }
                return result
            } catch {
                // Other errors, which somebody has to fix, come at once anyway.
                if error.kind == .unavailable { failure.withLock { $0 = (error, .now + time) } }
                throw error
            }
        }
    }

    func create(_ file: String, _ bytes: [UInt8]) async throws(StoreError) -> Bool {
        try await pause.around { () async throws(StoreError) in try await store.create(file, bytes) }
    }

    func replace(_ file: String, _ bytes: [UInt8]) async throws(StoreError) {
        try await pause.around { () async throws(StoreError) in try await store.replace(file, bytes) }
    }

    func open(_ file: String) async throws(StoreError) -> (any BlockSource)? {
        let source = try await pause.around { () async throws(StoreError) in try await store.open(file) }
        return source.map { PausingSource(source: $0, pause: pause) }
    }

    func files(in folder: String) async throws(StoreError) -> [StoredFile] {
        try await pause.around { () async throws(StoreError) in try await store.files(in: folder) }
    }

    func remove(_ file: String) async throws(StoreError) {
        try await pause.around { () async throws(StoreError) in try await store.remove(file) }
    }
}

private struct PausingSource: BlockSource {
    let source: any BlockSource
    let pause: PausingStore.Pause

    var size: Int { source.size }

    /// Damage in a block does not pause the store.
    func read(_ ranges: [Range<Int>]) async throws -> [[UInt8]] {
        let result = try await pause.around { () async throws(StoreError) -> Result<[[UInt8]], any Error> in
            do {
                return .success(try await source.read(ranges))
            } catch let error as StoreError {
                throw error
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}
