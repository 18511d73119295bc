import ArgumentParser
import Assembly
import Foundation
import Synchronization

/// Output and exit codes of commands: results go to standard output, everything else to standard error; the codes are sysexits'.
///
/// If a result cannot be written, the command ends with a message and 74 (EX_IOERR); if its reader is gone, it ends silently, as
/// with SIGPIPE. Services that run until they are told to stop do not depend on their output.
enum CommandExit {
    /// EX_CONFIG of sysexits.h.
    private static let badConfig: Int32 = 78
    /// EX_IOERR of sysexits.h.
    private static let unwritable: Int32 = 74
    /// The exit code by which a shell reports death by SIGPIPE.
    private static let readerGone: Int32 = 128 + SIGPIPE

    /// The errno of the first failed write to standard output; zero if none failed.
    private static let failure = Mutex<Int32>(0)

    /// Must be called first: if descriptor 0, 1 or 2 is closed, the next file or connection would get its number, and the output.
    static func prepare() {
        signal(SIGPIPE, SIG_IGN)
        for descriptor in Int32(0)...2 where fcntl(descriptor, F_GETFD) < 0 {
            // Opened for reading only, so that writing to it still fails.
            let file = open("/dev/null", O_RDONLY)
            if file >= 0, file != descriptor {
                dup2(file, descriptor)
                close(file)
            }
        }
    }

    /// Exits with a code that depends on how the body ends; `isService` means that it runs until it is told to stop.
    static func withExitCodes(isService: Bool = false, _ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let error as ExitCode {
            if !isService { try checkOutput() }
            throw error
        } catch {
            printToStderr(StartProblem.describe(error))
            throw ExitCode(StartProblem.isConfiguration(error) ? badConfig : 1)
        }
        if !isService { try checkOutput() }
    }

    /// Throws the exit code, and prints why, if a part of the result could not be written.
    static func checkOutput() throws(ExitCode) {
        let error = failure.withLock(\.self)
        guard error != 0 else { return }
        if error == EPIPE { throw ExitCode(readerGone) }
        printToStderr("cointape: standard output cannot be written: \(String(cString: strerror(error)))")
        throw ExitCode(unwritable)
    }

    /// After a failed write, nothing more is written.
    @Sendable static func show(_ text: String) {
        failure.withLock { failure in
            if failure == 0 { failure = write(text, to: STDOUT_FILENO) }
        }
    }

    /// Writes a part of a long result; throws, to end the command, once something could not be written.
    static func write(_ bytes: [UInt8]) throws(ExitCode) {
        failure.withLock { failure in
            if failure == 0 { failure = write(bytes, to: STDOUT_FILENO) }
        }
        // `withExitCodes` prints why, and determines the exit code.
        guard failure.withLock({ $0 == 0 }) else { throw ExitCode(unwritable) }
    }

    static func printToStderr(_ text: String) {
        _ = write(text, to: STDERR_FILENO)
    }

    /// Ends the process like ArgumentParser: prints help or a version as a result, or an error message.
    static func exit(with error: any Error, of command: any ParsableCommand.Type) -> Never {
        let code = command.exitCode(for: error)
        let text = command.fullMessage(for: error)
        guard code == .success else {
            if !text.isEmpty { printToStderr(text) }
            Foundation.exit(code.rawValue)
        }
        if !text.isEmpty { show(text) }
        do throws(ExitCode) {
            try checkOutput()
            Foundation.exit(code.rawValue)
        } catch {
            Foundation.exit(error.rawValue)
        }
    }

    /// Writes a line; returns the errno, or zero on success.
    private static func write(_ text: String, to descriptor: Int32) -> Int32 {
        write(Array((text + "\n").utf8), to: descriptor)
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                written += count
            } else if count < 0, errno == EAGAIN {
                // Another process has made the descriptor non-blocking.
                var state = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = poll(&state, 1, -1)
            } else if count == 0 || errno != EINTR {
                return count == 0 ? ENOSPC : errno
            }
        }
        return 0
    }
}

enum Executable {
    /// The path of this program, to start it again.
    static func path() throws -> String {
        if let path = Bundle.main.executablePath { return path }
        throw ValidationError("cannot tell where this program is")
    }
}
