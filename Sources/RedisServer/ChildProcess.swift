#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A child process, started with exactly the descriptors that it is given.
struct ChildProcess: Sendable {
    let process: pid_t

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// `descriptors` become 0, 1, 2, 3, … in the child; all others of this process must be close-on-exec.
    ///
    /// The child leads a process group of its own, so that a Ctrl-C in the terminal reaches only us, and has no signal
    /// blocked or ignored.
    static func start(_ arguments: [String], descriptors: [Int32]) throws(Failure) -> ChildProcess {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        // First out of the way, as a target may be another's source.
        let parked = descriptors.map { fcntl($0, F_DUPFD_CLOEXEC, 64) }
        defer { for descriptor in parked { close(descriptor) } }
        for (target, source) in parked.enumerated() {
            posix_spawn_file_actions_adddup2(&actions, source, Int32(target))
        }
        // What this process itself inherited is none of the child's.
        for descriptor in Int32(3)..<256 { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var (all, none) = (sigset_t(), sigset_t())
        sigfillset(&all)
        sigemptyset(&none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setpgroup(&attributes, 0)
        let flags = Int32(POSIX_SPAWN_SETPGROUP) | Int32(POSIX_SPAWN_SETSIGDEF) | Int32(POSIX_SPAWN_SETSIGMASK)
        posix_spawnattr_setflags(&attributes, Int16(flags))
        var pointers = arguments.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        var process = pid_t()
        let code = posix_spawnp(&process, arguments[0], &actions, &attributes, &pointers, environ)
        guard code == 0 else { throw Failure(description: "\(arguments[0]): \(String(cString: strerror(code)))") }
        return ChildProcess(process: process)
    }

    /// Blocks until the process has ended, up to the time; whether it has.
    func waitForEnd(seconds: Double) -> Bool {
        for _ in 0..<max(1, Int(seconds * 100)) {
            var status: Int32 = 0
            if waitpid(process, &status, WNOHANG) != 0 { return true }
            usleep(10_000)
        }
        return false
    }

    func signal(_ number: Int32) {
        kill(process, number)
    }
}

/// A pipe that no child inherits unless it is given an end.
struct Pipe {
    let reading: Int32
    let writing: Int32

    init() throws(ChildProcess.Failure) {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else {
            throw ChildProcess.Failure(description: "no pipe: \(String(cString: strerror(errno)))")
        }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        (reading, writing) = (ends[0], ends[1])
    }
}
