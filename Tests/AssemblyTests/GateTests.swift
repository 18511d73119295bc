import Foundation
import ServiceLifecycle
import ServiceLifecycleTestKit
import Synchronization
import TestSupport
import Testing

@testable import Assembly

@Suite struct GateTests {
    private final class Noted: Service {
        let runs = Mutex(0)

        func run() async throws { runs.withLock { $0 += 1 } }
    }

    @Test func `whoever waits goes on when it opens, and later ones at once`() async {
        let gate = Gate()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<3 { group.addTask { await gate.wait() } }
            gate.open()
            await group.waitForAll()
        }
        await gate.wait()
        await Gate(isOpen: true).wait()
    }

    @Test func `a task that is cancelled waits no longer`() async {
        let gate = Gate()
        let task = Task { await gate.wait() }
        task.cancel()
        await task.value
    }

    @Test func `a gated service runs behind its gate, and not at all once the end has begun`() async throws {
        let (open, shut) = (Noted(), Noted())
        try await Gated(gate: Gate(isOpen: true), service: open).run()
        #expect(open.runs.withLock(\.self) == 1)
        try await testGracefulShutdown { trigger in
            async let run: Void = Gated(gate: Gate(), service: shut).run()
            trigger.triggerGracefulShutdown()
            try await run
        }
        #expect(shut.runs.withLock(\.self) == 0)
    }
}

@Suite struct ReservedPortTests {
    /// Whether a server can listen on the port, with SO_REUSEADDR or without.
    private func listens(_ port: Int, reusing: Bool) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var yes: Int32 = reusing ? 1 : 0
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 && listen(descriptor, 1) == 0
            }
        }
    }

    @Test func `a server can take a reserved port, and nobody else gets it by chance`() throws {
        let port = try ReservedPort()
        #expect((1...65_535).contains(port.number))
        #expect(listens(port.number, reusing: true))
        #expect(!listens(port.number, reusing: false))
        port.release()
        port.release()
        #expect(listens(port.number, reusing: false))
    }
}
