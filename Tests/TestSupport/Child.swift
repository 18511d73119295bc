package import Dispatch
package import Foundation
import POSIX
import Synchronization

/// A child process.
///
/// Foundation's own has crashed in tests that run many.
package final class Child: Sendable {
    package let identifier: pid_t
    private let status = Mutex<Int32?>(nil)

    /// Looks the program up in PATH; what it prints is added to a file, or thrown away, and there is nothing for it to read.
    package init(
        _ arguments: [String], in folder: String? = nil,
        environment: [String: String] = ProcessInfo.processInfo.environment, output: String = "/dev/null"
    ) throws {
        // The shell becomes the program, in its folder.
        let arguments = folder.map { ["sh", "-c", #"cd "$0" && exec "$@""#, $0] + arguments } ?? arguments
        let nothing = open("/dev/null", O_RDONLY | O_CLOEXEC)
        let output = open(output, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        defer { for descriptor in [nothing, output] { close(descriptor) } }
        let process = try ChildProcess.start(
            arguments, descriptors: [nothing, output, output], environment: environment.map { "\($0.key)=\($0.value)" })
        identifier = process.process
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
        wait()
        last.cancel()
    }

    /// Blocks until it has ended.
    package func wait() {
        // Without taking its number from it, which a signal might still go to.
        var info = siginfo_t()
        while isRunning, waitid(P_PID, id_t(identifier), &info, WEXITED | WNOWAIT) != 0, errno == EINTR {}
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
