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

    @Test func `a file is replaced in one step: who has the old one open goes on, and nobody finds half of it`()
        async throws
    {
        let store = FolderStore(folder: folder)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let (old, new) = (Array(repeating: UInt8(1), count: 100_000), Array(repeating: UInt8(2), count: 90_000))
        _ = try await store.create("2026/11/28/13.tape", old)
        let source = try #require(try await store.open("2026/11/28/13.tape"))
        try await withThrowingTaskGroup { group in
            group.addTask {
                for number in 0..<20 { try await store.replace("2026/11/28/13.tape", number % 2 == 0 ? new : old) }
            }
            for _ in 0..<50 {
                let found = try #require(try await store.open("2026/11/28/13.tape"))
                let bytes = try await found.read([0..<found.size])[0]
                #expect(bytes == old || bytes == new)
            }
            try await group.waitForAll()
        }
        #expect(try await source.read([0..<source.size]) == [old])
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(folder)/2026/11/28") == ["13.tape"])
    }

    @Test func `what is no year, month or day is not looked into, as a disk's lost+found`() async throws {
        let store = FolderStore(folder: folder)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for file in ["lost+found/2026/11/28/13.tape", "2026/11/28/13.tape", "2026/11/28/old/13.tape"] {
            _ = try await store.create(file, [1])
        }
        #expect(try await store.files(in: "").map(\.name) == ["2026/11/28/13.tape"])
    }

    @Test func `a folder goes with its last file, and with it what the killed have left`() async throws {
        let store = FolderStore(folder: folder)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for hour in ["13", "14"] { _ = try await store.create("2026/11/28/\(hour).tape", [1]) }
        let left = "\(folder)/2026/11/28/.tmp-1-2-14.tape"
        try Data().write(to: URL(fileURLWithPath: left))
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSinceNow: -4000)], ofItemAtPath: left)
        try await store.remove("2026/11/28/13.tape")
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(folder)/2026/11/28") == ["14.tape"])
        try await store.remove("2026/11/28/14.tape")
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(folder)/2026/11").isEmpty)
        try await store.remove("2026/11/28/14.tape")
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

    @Test func `a folder that goes while another writes in it is made again`() async throws {
        let store = FolderStore(folder: folder)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await withThrowingTaskGroup { group in
            for writer in 0..<4 {
                group.addTask {
                    for _ in 0..<200 {
                        #expect(try await store.create("2026/11/\(writer).tape", [1]))
                        _ = try await store.files(in: "")
                        try await store.remove("2026/11/\(writer).tape")
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await store.files(in: "").isEmpty)
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
