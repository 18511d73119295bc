import POSIX

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The process between `up` and its redis-server: it ends Redis when `up` exits for any reason.
///
/// Its standard input is a pipe that `up` holds open; the kernel closes it when `up` exits. Descriptor 3 is the lock of the
/// folder, which Redis inherits. The guardian writes Redis' process id to its standard output. It does nothing else, and blocks
/// the main thread, but no thread of Swift's pool.
package enum RedisGuardian {
    /// How long Redis may take to end before it is killed.
    package static let patience: Duration = .seconds(4)

    /// Returns the exit code when Redis has ended.
    ///
    /// `arguments` is the command line of redis-server.
    package static func run(_ arguments: [String], log: String) -> Int32 {
        // Only the pipe may end the guardian; signals go to `up`.
        for number in [SIGINT, SIGHUP, SIGTERM, SIGPIPE] { signal(number, SIG_IGN) }
        let output = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        let nothing = open("/dev/null", O_RDONLY | O_CLOEXEC)
        let child: ChildProcess
        do throws(SystemError) {
            child = try ChildProcess.start(arguments, descriptors: [nothing, output, output, 3])
        } catch {
            print("failed \(error)")
            return 1
        }
        print("started \(child.process)")
        fflush(nil)
        while true {
            if child.hasEnded() { return 1 }
            if ownerIsGone() { break }
        }
        child.signal(SIGTERM)
        // What Redis has acknowledged is on disk (appendfsync always), so killing it loses nothing.
        if ends(child, within: patience) { return 0 }
        child.signal(SIGKILL)
        _ = ends(child, within: .seconds(10))
        return 0
    }

    private static func ends(_ child: ChildProcess, within limit: Duration) -> Bool {
        let deadline = ContinuousClock.now + limit
        while !child.hasEnded() {
            guard ContinuousClock.now < deadline else { return false }
            // The guardian is a process of its own, and this is its main thread: no task waits for it.
            usleep(10_000)
        }
        return true
    }

    /// Waits briefly for the pipe to close; returns whether it has.
    private static func ownerIsGone() -> Bool {
        var descriptor = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
        return poll(&descriptor, 1, 200) > 0
    }
}
