import ArgumentParser
import JQ

/// Benchmarks of single parts; `scripts/bench` measures the whole.
@main
struct Bench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cointape-bench", abstract: "Measure the parts of cointape.",
        subcommands: [
            BlocksBench.self, JoinBench.self, PartsBench.self, RedisBench.self, RenderBench.self, RunFilters.self,
        ])
}

/// The helper process that a pool of filters starts.
struct RunFilters: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "run-filters", shouldDisplay: false)

    @Argument var memory: Int

    func run() throws {
        throw ExitCode(JQService.run(memory: memory))
    }
}
