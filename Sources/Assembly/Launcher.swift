import Logging
import ServiceLifecycle

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
