import ArgumentParser
import Assembly

struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the state of the tape: streams, workers, orders, memory; exit 1 if something is wrong.",
        discussion:
            "Each figure comes with the redis-cli line that shows it, each problem with those that mend it. Writes one key that expires to each Redis (probe:status), to see whether writing works, and nothing else."
    )

    @Argument(help: "Config files. (default: all of ${CONFIG_DIR:-config})", completion: .file(extensions: ["json"]))
    var configs: [String] = []

    @Flag(help: "For programs.")
    var json = false

    @Flag(help: "Look again every two seconds, until Ctrl-C.")
    var watch = false

    private static let period: Duration = .seconds(2)
    /// Clears the terminal and moves the cursor to the upper left corner (ECMA-48).
    private static let clear = "\u{1B}[2J\u{1B}[H"

    func run() async throws {
        try await CommandExit.withExitCodes {
            let command = try StatusCommand(configs, environment: Environment())
            guard watch else {
                let (text, isWell) = try await command.report(json ? .json : .text)
                CommandExit.show(text)
                if !isWell { throw ExitCode(1) }
                return
            }
            repeat {
                do {
                    let text = try await command.report(json ? .json : .text).text
                    CommandExit.show(json ? text : Self.clear + text)
                    try CommandExit.checkOutput()
                } catch let error as ExitCode {
                    throw error
                } catch {
                    // The next check may succeed.
                    CommandExit.printToStderr(StartProblem.describe(error))
                }
            } while (try? await Task.sleep(for: Self.period)) != nil
        }
    }
}
