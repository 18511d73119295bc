import Basics
import Foundation
import ServiceLifecycle
import ServiceLifecycleTestKit
import Synchronization
import TestSupport
import Testing

@testable import Assembly

@Suite struct LatchedTests {
    private final class Noted: Service {
        let runs = Mutex(0)

        func run() async throws { runs.withLock { $0 += 1 } }
    }

    @Test func `a latched service runs behind its latch, and not at all once the end has begun`() async throws {
        let (open, shut) = (Noted(), Noted())
        try await Latched(latch: Latch(isOpen: true), service: open).run()
        #expect(open.runs.withLock(\.self) == 1)
        try await testGracefulShutdown { trigger in
            async let run: Void = Latched(latch: Latch(), service: shut).run()
            trigger.triggerGracefulShutdown()
            try await run
        }
        #expect(shut.runs.withLock(\.self) == 0)
    }
}
