import ArgumentParser
import Assembly
import Foundation

/// How commands speak and end: results on standard output, everything else on standard error, sysexits' codes.
enum Ending {
    /// EX_CONFIG of sysexits.h.
    private static let badConfig: Int32 = 78

    static func withExitCodes(_ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let error as ExitCode {
            throw error
        } catch {
            tell(StartProblem.describe(error))
            throw ExitCode(StartProblem.isConfiguration(error) ? badConfig : 1)
        }
    }

    @Sendable static func show(_ text: String) {
        FileHandle.standardOutput.write(Data((text + "\n").utf8))
    }

    static func tell(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }
}

enum Executable {
    /// Where this program is, to be started again.
    static func path() throws -> String {
        if let path = Bundle.main.executablePath { return path }
        throw ValidationError("cannot tell where this program is")
    }
}
