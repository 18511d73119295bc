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
        // The group would trap signals only once it runs, and a signal before that would be lost.
        await StopSignals.watch { await group.triggerGracefulShutdown() }
        try await group.run()
    }

    /// Writing to a closed connection or a closed log pipe returns an error instead of ending the process.
    static func ignoreBrokenPipes() {
        signal(SIGPIPE, SIG_IGN)
    }

    /// A logger for messages about the order of services: quiet.
    static func quietLogger(_ logger: Logger) -> Logger {
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        return quiet
    }
}

/// How many event loops a process has.
package enum EventLoops {
    /// Makes the process use one event loop: to use more cores, start more workers, which share nothing.
    ///
    /// Must be called before anything else. NIO's own variable NIO_SINGLETON_GROUP_LOOP_COUNT takes precedence.
    package static func useOne(_ environment: [String: String]) {
        guard environment["NIO_SINGLETON_GROUP_LOOP_COUNT"] == nil else { return }
        NIOSingletons.groupLoopCountSuggestion = 1
    }
}

/// SIGTERM and SIGINT: the first requests a graceful shutdown, which takes its time; the second exits at once.
private enum StopSignals {
    /// Watches until the process ends; signals that arrive after it returns are not lost.
    ///
    /// `stop` is called once, at the first signal.
    static func watch(_ stop: @escaping @Sendable () async -> Void) async {
        let signals = await UnixSignalsSequence(trapping: [.sigterm, .sigint])
        Task.detached {
            var isFirst = true
            for await signal in signals {
                // The exit code by which a shell reports death by a signal: 128 plus its number. Nothing is flushed or awaited.
                if !isFirst { _exit(128 + (signal == .sigterm ? SIGTERM : SIGINT)) }
                isFirst = false
                Task { await stop() }
            }
        }
    }
}
