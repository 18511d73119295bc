import ArgumentParser

/// Benchmarks of the parts; `scripts/bench` measures the whole.
@main
struct Bench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cointape-bench", abstract: "Measure the parts of cointape.",
        subcommands: [JoinBench.self, PartsBench.self, RedisBench.self, RenderBench.self])
}
