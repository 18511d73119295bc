import Foundation
import TestSupport
import Testing

/// Processes that tests start hold nothing of the tests' own: neither a port that is being looked for nor a file.
@Suite struct ChildTests {
    #if os(Linux)
        @Test func `a child has no socket of a port that was looked for while it was started`() async throws {
            try await withThrowingTaskGroup { group in
                group.addTask {
                    // Of no port in particular: those of other tests are about to be bound.
                    while !Task.isCancelled { _ = FreePort.isFree(0, forReuse: false) }
                }
                defer { group.cancelAll() }
                for _ in 0..<100 {
                    let child = try await onThread { try Child(["sleep", "60"]) }
                    let folder = "/proc/\(child.identifier)/fd"
                    let open = try FileManager.default.contentsOfDirectory(atPath: folder).compactMap {
                        try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)")
                    }
                    #expect(!open.contains { $0.hasPrefix("socket:") }, "\(open)")
                }
            }
        }
    #endif
}
