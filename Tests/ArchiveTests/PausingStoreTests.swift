import Blocks
import Synchronization
import Testing

@testable import Archive

/// A store that does not answer, and is not asked again and again.
@Suite struct PausingStoreTests {
    /// Answers as it is told to, and counts how often it was asked.
    private final class Moody: BlockStore {
        let asked = Mutex(0)
        let error = Mutex<StoreError?>(nil)

        var name: String { "moody" }

        private func answer() throws(StoreError) {
            asked.withLock { $0 += 1 }
            if let error = error.withLock(\.self) { throw error }
        }

        func create(_ file: String, _ bytes: [UInt8]) async throws(StoreError) -> Bool {
            try answer()
            return true
        }

        func replace(_ file: String, _ bytes: [UInt8]) async throws(StoreError) { try answer() }

        func open(_ file: String) async throws(StoreError) -> (any BlockSource)? {
            try answer()
            return nil
        }

        func files(in folder: String) async throws(StoreError) -> [StoredFile] {
            try answer()
            return []
        }

        func remove(_ file: String) async throws(StoreError) { try answer() }
    }

    @Test func `who asks soon after a failure gets it at once, and the store is not asked`() async throws {
        let moody = Moody()
        let store = PausingStore(moody, for: .seconds(600))
        moody.error.withLock { $0 = StoreError(.unavailable, "no answer") }
        for _ in 0..<5 {
            await #expect(throws: StoreError(.unavailable, "no answer")) { try await store.open("a") }
            await #expect(throws: StoreError.self) { try await store.files(in: "") }
        }
        #expect(moody.asked.withLock(\.self) == 1)
    }

    @Test func `a store that answers again is used again`() async throws {
        let moody = Moody()
        let store = PausingStore(moody, for: .zero)
        moody.error.withLock { $0 = StoreError(.unavailable, "no answer") }
        await #expect(throws: StoreError.self) { try await store.create("a", []) }
        moody.error.withLock { $0 = nil }
        #expect(try await store.create("a", []))
        #expect(try await store.files(in: "").isEmpty)
        #expect(moody.asked.withLock(\.self) == 3)
    }

    @Test func `what somebody has to mend is told each time`() async throws {
        let moody = Moody()
        let store = PausingStore(moody, for: .seconds(600))
        moody.error.withLock { $0 = StoreError(.refused, "wrong keys") }
        for _ in 0..<3 { await #expect(throws: StoreError.self) { try await store.remove("a") } }
        #expect(moody.asked.withLock(\.self) == 3)
    }
}
