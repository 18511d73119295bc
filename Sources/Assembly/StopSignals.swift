import UnixSignals

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// SIGTERM and SIGINT: the first asks for an end in good order, and that takes its time; the second leaves at once.
enum StopSignals {
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
