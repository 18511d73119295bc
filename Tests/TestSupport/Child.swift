package import Dispatch
package import Foundation
import Synchronization

/// A child process.
///
/// Foundation's own has crashed in tests that run many.
package final class Child: Sendable {
    package let identifier: pid_t
    private let status = Mutex<Int32?>(nil)

    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// Looks the program up in PATH; what it prints is added to a file, or thrown away, and there is nothing for it to read.
    package init(
        _ arguments: [String], in folder: String? = nil,
        environment: [String: String] = ProcessInfo.processInfo.environment, output: String = "/dev/null"
    ) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        // The tests' own files and connections are none of the child's, nor is what another thread opens just now.
        #if canImport(Darwin)
            let isolation = Int32(POSIX_SPAWN_CLOEXEC_DEFAULT)
        #else
            let isolation: Int32 = 0
            for descriptor in 3..<min(4096, getdtablesize()) {
                posix_spawn_file_actions_addclose(&actions, descriptor)
            }
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
        let flags = Int32(POSIX_SPAWN_SETPGROUP) | Int32(POSIX_SPAWN_SETSIGDEF) | Int32(POSIX_SPAWN_SETSIGMASK)
        posix_spawnattr_setflags(&attributes, Int16(flags | isolation))
        // The shell becomes the program, in its folder.
        let arguments = folder.map { ["sh", "-c", #"cd "$0" && exec "$@""#, $0] + arguments } ?? arguments
        var words = arguments.map { strdup($0) } + [nil]
        var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for pointer in words + variables { free(pointer) } }
        var process = pid_t()
        let code = posix_spawnp(&process, arguments[0], &actions, &attributes, &words, &variables)
        guard code == 0 else { throw Failure(description: "\(arguments[0]): \(String(cString: strerror(code)))") }
        identifier = process
    }

    /// It goes with its owner.
    deinit {
        if isRunning {
            kill(identifier, SIGKILL)
            waitpid(identifier, nil, 0)
        }
    }

    package var isRunning: Bool { ended == nil }

    /// Its exit code, or the negated signal that ended it; nil while it runs.
    package var exitCode: Int32? {
        ended.map { $0 & 0x7F == 0 ? $0 >> 8 & 0xFF : -($0 & 0x7F) }
    }

    package func signal(_ number: Int32) {
        // Whose end was seen may have left its number to another.
        if isRunning { kill(identifier, number) }
    }

    /// Asks it to end with SIGTERM, and blocks until it has; what is still there at the deadline ends by SIGKILL.
    package func end(within deadline: DispatchTimeInterval) {
        signal(SIGTERM)
        let last = DispatchWorkItem { [weak self] in self?.signal(SIGKILL) }
        DispatchQueue.global().asyncAfter(deadline: .now() + deadline, execute: last)
        // Without taking its number from it, which the signal might still go to.
        var info = siginfo_t()
        while isRunning, waitid(P_PID, id_t(identifier), &info, WEXITED | WNOWAIT) != 0, errno == EINTR {}
        last.cancel()
    }

    private var ended: Int32? {
        status.withLock { status in
            if let status { return status }
            var now: Int32 = 0
            if waitpid(identifier, &now, WNOHANG) == identifier { status = now }
            return status
        }
    }
}
