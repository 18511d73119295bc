import Basics
import ServiceLifecycle

/// A service that starts when a latch opens.
struct Latched: Service {
    let latch: Latch
    let service: any Service

    func run() async throws {
        await cancelWhenGracefulShutdown { await latch.wait() }
        guard !Task.isShuttingDownGracefully, !Task.isCancelled else { return }
        try await service.run()
    }
}
