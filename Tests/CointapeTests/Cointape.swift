import Foundation
import TestSupport
import Testing

/// A `cointape` process under test: what COINTAPE_PROGRAM names, or else the program that was built beside the tests.
final class Cointape: Sendable {
    private let process: Child
    private let output: String
    /// What the process remembers of a ledger, unless a test says otherwise: another test's ledger is none of its.
    private let witness = NSTemporaryDirectory() + "cointape-witness-" + UUID().uuidString
    private let archive = NSTemporaryDirectory() + "cointape-archive-" + UUID().uuidString

    /// Starts in a folder, by default the repository's; the environment is the test's own plus these variables.
    init(_ arguments: [String], in folder: String = Repository.path, environment: [String: String] = [:]) throws {
        output = outputFile()
        process = try Child(
            [Self.program] + arguments, in: folder,
            environment: Self.cleanEnvironment.merging(["WITNESS_DIR": witness, "ARCHIVE_DIR": archive]) { $1 }.merging(
                environment
            ) { $1 },
            output: output)
    }

    deinit {
        process.end(within: .seconds(20))
        try? FileManager.default.removeItem(atPath: output)
        try? FileManager.default.removeItem(atPath: witness)
        try? FileManager.default.removeItem(atPath: archive)
    }

    var identifier: Int32 { process.identifier }

    var isRunning: Bool { process.isRunning }

    /// Standard output and standard error so far, mixed.
    var text: String { String(decoding: FileManager.default.contents(atPath: output) ?? Data(), as: UTF8.self) }

    func signal(_ number: Int32) {
        process.signal(number)
    }

    /// Waits for the end; the exit code, or the negated signal.
    func exit(within deadline: Duration = .seconds(30)) async throws -> Int32 {
        try await eventually(within: deadline, "the process ends: \(text.suffix(2000))") { !process.isRunning }
        // Every secret of these tests is a canary.
        #expect(!text.contains("canary"), "a secret was printed")
        return try #require(process.exitCode)
    }

    func prints(_ part: String, within deadline: Duration = .seconds(150)) async throws {
        try await eventually(within: deadline, "prints «\(part)»; so far:\n\(text.suffix(3000))") {
            if !process.isRunning, !text.contains(part) {
                throw NotInTimeNow(what: "ended without printing «\(part)»:\n\(text.suffix(3000))")
            }
            return text.contains(part)
        }
    }

    /// Runs to the end and returns the exit code and what was printed.
    static func run(
        _ arguments: [String], in folder: String = Repository.path, environment: [String: String] = [:]
    ) async throws -> (code: Int32, text: String) {
        let cointape = try Cointape(arguments, in: folder, environment: environment)
        let code = try await cointape.exit(within: .seconds(120))
        return (code, cointape.text)
    }

    static let program = Program.path

    /// Without what the shipped configs read: a developer's keys must not reach a test.
    private static let cleanEnvironment = ProcessInfo.processInfo.environment.filter { name, _ in
        ![
            "_URL", "_KEY", "COINTAPE_CLOCK", "PORT", "HOST", "CONFIG_DIR", "LOG_LEVEL", "LOG_DIR", "WITNESS_DIR",
            "ARCHIVE_DIR", "AWS_ACCESS_KEY_ID", "AWS_SESSION_TOKEN",
        ].contains { name.hasSuffix($0) }
    }
}

struct NotInTimeNow: Error, CustomStringConvertible {
    let what: String

    var description: String { what }
}

enum Repository {
    /// The repository's folder, from where this file stands.
    static let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path
}

/// A shell command as a user would type it; its standard output and error together.
@discardableResult
func shell(
    _ command: String, in folder: String = Repository.path, environment: [String: String] = [:],
    within deadline: Duration = .seconds(60)
) async throws -> String {
    let file = outputFile()
    defer { try? FileManager.default.removeItem(atPath: file) }
    let process = try Child(
        ["bash", "-c", command], in: folder,
        environment: ProcessInfo.processInfo.environment.merging(environment) { $1 }, output: file)
    try await eventually(within: deadline, "ends: \(command)") { !process.isRunning }
    return String(decoding: FileManager.default.contents(atPath: file) ?? Data(), as: UTF8.self)
}

/// The processes that shell commands leave running, each ended by its id when this goes.
final class Background: Sendable {
    private let folder: TestFolder
    private var file: String { "\(folder.path)/background" }

    init(_ folder: TestFolder) {
        self.folder = folder
    }

    deinit {
        for line in ((try? String(contentsOfFile: file, encoding: .utf8)) ?? "").split(separator: "\n") {
            if let process = Int32(line) { kill(process, SIGTERM) }
        }
    }

    /// The commands, such that what a line starts with `&` at its end is known here.
    func noting(_ commands: String) -> String {
        commands.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            line.hasSuffix(" &") ? "\(line) echo $! >>'\(file)'" : String(line)
        }.joined(separator: "\n")
    }
}

private func outputFile() -> String { NSTemporaryDirectory() + "cointape-output-" + UUID().uuidString }

/// Whether a process is there; a zombie is not.
func isAlive(_ process: Int32) -> Bool {
    guard let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8) else {
        return kill(process, 0) == 0
    }
    return !status.contains("State:\tZ")
}
