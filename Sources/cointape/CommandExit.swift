import ArgumentParser
import Assembly
import Foundation
import Synchronization

/// How commands speak and end: results on standard output, everything else on standard error, sysexits' codes.
///
/// Output that cannot be written ends a command whose result it is: with a message and 74 (EX_IOERR), or, when its reader
/// has gone, without a word as SIGPIPE would have ended it. What runs until it is told to stop does not live by its output.
enum CommandExit {
    /// EX_CONFIG of sysexits.h.
    private static let badConfig: Int32 = 78
    /// EX_IOERR of sysexits.h.
    private static let unwritable: Int32 = 74
    /// As a shell tells the end by SIGPIPE.
    private static let readerGone: Int32 = 128 + SIGPIPE

    /// The errno of the first write to standard output that failed; zero when none has.
    private static let failure = Mutex<Int32>(0)

    /// To be called first: a descriptor of 0, 1 and 2 that is closed would be the next file's or connection's, and get
    /// what is printed.
    static func prepare() {
        signal(SIGPIPE, SIG_IGN)
        for descriptor in Int32(0)...2 where fcntl(descriptor, F_GETFD) < 0 {
            // Not to be written to, so that what is printed there fails as it did.
            let file = open("/dev/null", O_RDONLY)
            if file >= 0, file != descriptor {
                dup2(file, descriptor)
                close(file)
            }
        }
    }

    /// Ends with the code that tells what came of the body; `isService` says that it runs until it is told to stop.
    static func withExitCodes(isService: Bool = false, _ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let error as ExitCode {
            if !isService { try checkOutput() }
            throw error
        } catch {
            tell(StartProblem.describe(error))
            throw ExitCode(StartProblem.isConfiguration(error) ? badConfig : 1)
        }
        if !isService { try checkOutput() }
    }

    /// Throws the exit code when something of the result could not be written, and says why.
    static func checkOutput() throws(ExitCode) {
        let error = failure.withLock(\.self)
        guard error != 0 else { return }
        if error == EPIPE { throw ExitCode(readerGone) }
        tell("cointape: standard output cannot be written: \(String(cString: strerror(error)))")
        throw ExitCode(unwritable)
    }

    /// Nothing is written behind what could not be.
    @Sendable static func show(_ text: String) {
        failure.withLock { failure in
            if failure == 0 { failure = write(text, to: STDOUT_FILENO) }
        }
    }

    /// Writes a part of a result that is as long as it likes; throws, to end the command, once something could not be written.
    static func write(_ bytes: [UInt8]) throws(ExitCode) {
        failure.withLock { failure in
            if failure == 0 { failure = write(bytes, to: STDOUT_FILENO) }
        }
        // `withExitCodes` says why, and with which code it ends.
        guard failure.withLock({ $0 == 0 }) else { throw ExitCode(unwritable) }
    }

    static func tell(_ text: String) {
        _ = write(text, to: STDERR_FILENO)
    }

    /// Ends the process as ArgumentParser does: with help or a version as a result, or the words of a mistake.
    static func exit(with error: any Error, of command: any ParsableCommand.Type) -> Never {
        let code = command.exitCode(for: error)
        let text = command.fullMessage(for: error)
        guard code == .success else {
            if !text.isEmpty { tell(text) }
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

    /// Writes a line; returns the errno, zero when all of it is written.
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
                // Another process has made it non-blocking.
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
    /// Where this program is, to be started again.
    static func path() throws -> String {
        if let path = Bundle.main.executablePath { return path }
        throw ValidationError("cannot tell where this program is")
    }
}
