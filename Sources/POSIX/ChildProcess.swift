#if canImport(Glibc)
    import CGlibc
    package import Glibc
#else
    package import Darwin
#endif

/// A child process that gets exactly the descriptors passed to it.
package struct ChildProcess: Sendable {
    /// The id of the process and of its group; it may be reused once `hasEnded` or `end` has reaped the process.
    package let process: pid_t

    /// Starts `program`, by default the first argument, which is looked up in PATH.
    ///
    /// `descriptors` become 0, 1, 2, 3, … in the child, which gets no others. `environment`, as `NAME=value`, replaces this
    /// process' own.
    ///
    /// The child leads its own process group, so that a Ctrl-C in the terminal only reaches us, and has no signal blocked or
    /// ignored.
    package static func start(
        _ arguments: [String], program: String? = nil, descriptors: [Int32], environment: [String]? = nil
    ) throws(SystemError) -> ChildProcess {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        // Copy them out of the way first, because a target may be another one's source.
        let parked = descriptors.map { fcntl($0, F_DUPFD_CLOEXEC, 64) }
        defer { for descriptor in parked { close(descriptor) } }
        for (target, source) in parked.enumerated() {
            posix_spawn_file_actions_adddup2(&actions, source, Int32(target))
        }
        var flags = Int32(POSIX_SPAWN_SETPGROUP) | Int32(POSIX_SPAWN_SETSIGDEF) | Int32(POSIX_SPAWN_SETSIGMASK)
        // Libraries, and the parent of this process, may leave descriptors open for children. The child cannot close them itself,
        // because by then its own libraries may use the same numbers.
        #if canImport(Glibc)
            cointape_spawn_close_from(&actions, Int32(parked.count))
        #else
            flags |= Int32(POSIX_SPAWN_CLOEXEC_DEFAULT)
        #endif
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var (all, none) = (sigset_t(), sigset_t())
        sigfillset(&all)
        sigemptyset(&none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(&attributes, Int16(flags))
        var pointers = arguments.map { strdup($0) } + [nil]
        var variables = (environment ?? []).map { strdup($0) } + [nil]
        defer { for pointer in pointers + variables { free(pointer) } }
        let path = program ?? arguments[0]
        var process = pid_t()
        let code =
            environment == nil
            ? posix_spawnp(&process, path, &actions, &attributes, &pointers, environ)
            : posix_spawnp(&process, path, &actions, &attributes, &pointers, &variables)
        guard code == 0 else { throw SystemError(path, code: code) }
        return ChildProcess(process: process)
    }

    /// Whether the process has ended; if so, reaps it, and its id must not be signalled any more.
    package func hasEnded() -> Bool {
        var status: Int32 = 0
        return waitpid(process, &status, WNOHANG) != 0
    }

    /// Waits until the process has ended or the time is over; returns whether it has ended.
    ///
    /// Returns early if the task is cancelled.
    package func waitForEnd(within limit: Duration) async -> Bool {
        let deadline = ContinuousClock.now + limit
        while !hasEnded() {
            guard ContinuousClock.now < deadline, (try? await Task.sleep(for: .milliseconds(10))) != nil else {
                return false
            }
        }
        return true
    }

    /// How the process ended.
    package enum End: Equatable, Sendable {
        case exit(code: Int32)
        case signal(Int32)
        /// Unknown because it was reaped elsewhere, for example if a parent process ignored SIGCHLD.
        case unknown
    }

    /// Blocks until the process has ended and its memory and descriptors are released; does not reap it.
    package func wait() {
        var info = siginfo_t()
        while waitid(P_PID, id_t(process), &info, WEXITED | WNOWAIT) != 0, errno == EINTR {}
    }

    /// Like `wait`, but also reaps the process.
    package func end() -> End {
        var status: Int32 = 0
        while waitpid(process, &status, 0) != process {
            guard errno == EINTR else { return .unknown }
        }
        let signal = status & 0x7F
        return signal == 0 ? .exit(code: status >> 8 & 0xFF) : .signal(signal)
    }

    /// Sends a signal to the process, not to its group; failures are ignored.
    ///
    /// Must not be called after `end`, or after `hasEnded` returned true: the id may belong to another process then.
    package func signal(_ number: Int32) {
        kill(process, number)
    }
}

/// A pipe that no child inherits unless it is given one end.
package struct Pipe {
    /// The descriptor to read from; the creator of the pipe closes it.
    package let reading: Int32
    /// The descriptor to write to; the creator of the pipe closes it.
    package let writing: Int32

    /// Opens both descriptors; throws if the process or the system has none left.
    package init() throws(SystemError) {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else {
            throw SystemError("no pipe", code: errno)
        }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        (reading, writing) = (ends[0], ends[1])
    }
}
