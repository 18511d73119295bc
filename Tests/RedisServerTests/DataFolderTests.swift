import Foundation
import TestSupport
import Testing

@testable import RedisServer

@Suite struct DataFolderTests {
    private let path = NSTemporaryDirectory() + "cointape-test-" + UUID().uuidString.prefix(8)

    private func failure(_ body: () async throws -> Void) async -> String {
        do {
            try await body()
            return ""
        } catch {
            return "\(error)"
        }
    }

    @Test func `makes its folder, and knows the next time that it was there`() async throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        do { #expect(try await DataFolder("\(path)/deep/er").isNew) }
        #expect(try await !DataFolder("\(path)/deep/er").isNew)
    }

    @Test func `one holder at a time, and the second is told who the first is`() async throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        do {
            let first = try await DataFolder(path)
            let text = await failure { _ = try await DataFolder(path) }
            #expect(text == "\(path) is in use by cointape up, process \(ProcessInfo.processInfo.processIdentifier)")
            withExtendedLifetime(first) {}
        }
        #expect(try String(contentsOfFile: "\(path)/lock", encoding: .utf8) == "")
        _ = try await DataFolder(path)
    }

    @Test(arguments: ["killed", "ended"])
    func `what a holder has left behind is waited for`(how: String) async throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        // A killed holder's file names a process that has ended. Another process holds the lock on: Redis, or any that was
        // being started when the holder ended.
        let gone = try Child(["true"])
        try await eventually("it has ended") { !gone.isRunning }
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try (how == "killed" ? "cointape up, process \(gone.identifier)\n" : "").write(
            toFile: "\(path)/lock", atomically: false, encoding: .utf8)
        let left = try Child(["flock", "\(path)/lock", "sleep", "1"])
        try await eventually("the lock is taken") { Self.isLocked("\(path)/lock") }
        let next = try await DataFolder(path)
        #expect(!left.isRunning && !next.isNew)
    }

    private static func isLocked(_ file: String) -> Bool {
        let descriptor = open(file, O_RDWR)
        defer { close(descriptor) }
        return flock(descriptor, LOCK_EX | LOCK_NB) != 0
    }

    @Test func `a folder that cannot be made is told with its name`() async {
        #expect(
            await failure { _ = try await DataFolder("/dev/null/x") }
                == "the folder /dev/null/x cannot be made: Not a directory")
    }
}
