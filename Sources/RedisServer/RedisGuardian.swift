import POSIX

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The process between `up` and its redis-server: ends Redis when `up` has gone, however it went.
///
/// Its standard input is a pipe that `up` holds open; the kernel closes it with `up`'s last breath. Descriptor 3 is the
/// folder's lock, for Redis to inherit. It writes Redis' process id to its standard output. It does nothing else, and blocks
/// the thread that it runs on: the process' main thread, and none of Swift's pool.
package enum RedisGuardian {
    /// How long Redis may take to end; one that stands still never does.
    package static let patience: Duration = .seconds(4)

    /// Returns the exit code when Redis has ended.
    ///
    /// `arguments` is the command line of redis-server.
    package static func run(_ arguments: [String], log: String) -> Int32 {
        // Ours is to react to the pipe alone: whoever wants an end asks `up`.
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
        // What it has acknowledged is on the disk (appendfsync always), so that being killed costs it nothing.
        if ends(child, within: patience) { return 0 }
        child.signal(SIGKILL)
        _ = ends(child, within: .seconds(10))
        return 0
    }

    private static func ends(_ child: ChildProcess, within limit: Duration) -> Bool {
        let deadline = ContinuousClock.now + limit
        while !child.hasEnded() {
            guard ContinuousClock.now < deadline else { return false }
            usleep(10_000)
        }
        return true
    }

    /// Waits a moment for the pipe to close.
    private static func ownerIsGone() -> Bool {
        var descriptor = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
        return poll(&descriptor, 1, 200) > 0
    }
}
