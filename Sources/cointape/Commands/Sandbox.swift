import ArgumentParser
import Assembly

struct Sandbox: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Play the three providers on loopback, in their exact wire shapes.")

    @Option(help: "The port; 0 takes any that is free.")
    var port = 6670

    @Option(help: "How many coins have a price.")
    var assets = 10_000

    @Option(help: "The API key that is taken.")
    var key = "sandbox-key"

    func validate() throws {
        guard (0...65_535).contains(port) else { throw ValidationError("--port should be from 0 to 65535") }
        guard (10...100_000).contains(assets) else { throw ValidationError("--assets should be from 10 to 100000") }
    }

    func run() async throws {
        try await Ending.withExitCodes {
            try await SandboxCommand.run(
                port: port, assets: assets, key: key, environment: Environment(), print: Ending.show)
        }
    }
}
