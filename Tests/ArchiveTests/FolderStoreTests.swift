import Archive
import Blocks
import Foundation
import TestSupport
import Testing

@Suite struct FolderStoreTests {
    private let folder = FileManager.default.temporaryDirectory.path + "/archive-\(UUID().uuidString)"

    @Test func `a file is there once, whole, and with what was written first`() async throws {
        let store = FolderStore(folder: folder)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(try await store.files(in: "").isEmpty)
        #expect(try await store.open("2026/11/28/13.tape") == nil)
        #expect(try await store.create("2026/11/28/13.tape", [1, 2, 3]))
        #expect(try await !store.create("2026/11/28/13.tape", [4]))
        let source = try #require(try await store.open("2026/11/28/13.tape"))
        #expect(source.size == 3)
        #expect(try await source.read([0..<3, 1..<2]) == [[1, 2, 3], [2]])
        #expect(try await store.create("2026/11/2026-11-28.tape", []))
        #expect(
            try await store.files(in: "") == [
                StoredFile(name: "2026/11/2026-11-28.tape", size: 0), StoredFile(name: "2026/11/28/13.tape", size: 3),
            ])
        #expect(try await store.files(in: "2026/11/28").map(\.name) == ["2026/11/28/13.tape"])
        try await store.remove("2026/11/28/13.tape")
        try await store.remove("2026/11/28/13.tape")
        // Who has it open goes on.
        #expect(try await source.read([2..<3]) == [[3]])
        #expect(try await store.files(in: "").count == 1)
    }

    @Test func `many who write the same file at once: one has written it`() async throws {
        let store = FolderStore(folder: folder)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let written = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<20 {
                group.addTask { try await store.create("a/b.tape", Array(repeating: UInt8(number), count: 9)) }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(written == 1)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/a") == ["b.tape"])
    }

    @Test func `a folder that cannot be written to is named`() async throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Data().write(to: URL(fileURLWithPath: folder + "/file"))
        let store = FolderStore(folder: folder + "/file")
        let error = await #expect(throws: StoreError.self) { try await store.create("a.tape", [1]) }
        #expect(error?.kind == .unavailable && error?.description.contains(folder) == true)
        #expect(try await store.open("a.tape") == nil)
    }
}
