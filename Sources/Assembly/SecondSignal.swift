import UnixSignals

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Leaves at once at the second SIGTERM or SIGINT: the first has asked for an end in good order, and that takes its time.
enum SecondSignal {
    /// Watches as long as the process lives, from when it returns.
    static func watch() async {
        let signals = await UnixSignalsSequence(trapping: [.sigterm, .sigint])
        Task.detached {
            var isFirst = true
            for await signal in signals {
                // As a shell tells the end by a signal: 128 and its number. Nothing is flushed, and nothing waited for.
                if !isFirst { _exit(128 + (signal == .sigterm ? SIGTERM : SIGINT)) }
                isFirst = false
            }
        }
    }
}
