import Logging
import NIOCore
import ServiceLifecycle
import UnixSignals

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Runs services until SIGTERM or SIGINT, then lets them finish.
enum Launcher {
    /// How long a process may take to end.
    static let grace: Duration = .seconds(15)

    /// Services that have not finished within the grace are cancelled.
    ///
    /// They end one after the other, the last of them first.
    static func run(_ services: [any Service], grace: Duration = grace, logger: Logger) async throws {
        ignoreBrokenPipes()
        var configuration = ServiceGroupConfiguration(
            services: services.map { .init(service: $0) }, logger: logger)
        configuration.maximumGracefulShutdownDuration = grace
        let group = ServiceGroup(configuration: configuration)
        // Not by the group itself: it traps signals only once it runs, and one that came before would be nobody's.
        await StopSignals.watch { await group.triggerGracefulShutdown() }
        try await group.run()
    }

    /// A peer that goes away while we write, or whoever reads the logs, is an error code and not the end of the process.
    static func ignoreBrokenPipes() {
        signal(SIGPIPE, SIG_IGN)
    }

    /// A logger for the process as a whole, for what only concerns the services' order: quiet.
    static func quietLogger(_ logger: Logger) -> Logger {
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        return quiet
    }
}

/// How many event loops a process has.
package enum EventLoops {
    /// Has the process do with one event loop: who has more cores starts more workers, which share nothing.
    ///
    /// To be called before anything else. NIO's own variable NIO_SINGLETON_GROUP_LOOP_COUNT stands above it.
    package static func useOne(_ environment: [String: String]) {
        guard environment["NIO_SINGLETON_GROUP_LOOP_COUNT"] == nil else { return }
        NIOSingletons.groupLoopCountSuggestion = 1
    }
}

/// SIGTERM and SIGINT: the first asks for an end in good order, and that takes its time; the second leaves at once.
private enum StopSignals {
    /// Watches as long as the process lives, from when it returns: a signal that comes any later is not lost.
    ///
    /// `stop` is called once, at the first signal.
    static func watch(_ stop: @escaping @Sendable () async -> Void) async {
        let signals = await UnixSignalsSequence(trapping: [.sigterm, .sigint])
        Task.detached {
            var isFirst = true
            for await signal in signals {
                // As a shell tells the end by a signal: 128 and its number. Nothing is flushed, and nothing waited for.
                if !isFirst { _exit(128 + (signal == .sigterm ? SIGTERM : SIGINT)) }
                isFirst = false
                Task { await stop() }
            }
        }
    }
}
