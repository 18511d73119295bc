import ArgumentParser
import Assembly

struct Sandbox: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Play the providers on loopback, in their exact wire shapes.",
        discussion: """
            Faults come with --fault NAME=RATE or --fault PROVIDER:NAME=RATE, as often as you like; the providers are \
            coinmarketcap, cryptocompare, coinbase, coingecko, coinpaprika, binance and coincap. They can be changed while the sandbox runs: \
            curl -X PUT 'localhost:6670/sandbox/faults?cut-gzip=0.3'. The names:

            \(SandboxCommand.faultNames)
            """)

    @Option(help: "The address to listen on; 0.0.0.0 is all of IPv4.")
    var host = "127.0.0.1"

    @Option(help: "The port; 0 takes any that is free.")
    var port = 6670

    @Option(help: "How many coins have a price.")
    var assets = 10_000

    @Option(help: "The API key that is taken.")
    var key = "sandbox-key"

    @Option(name: .customLong("fault"), help: "A fault and its rate, such as cut-gzip=0.3 or any=0.3.")
    var faults: [String] = []

    @Option(
        help: "Give the answers that `cointape record` kept in this folder, instead of playing the providers.",
        completion: .directory)
    var replay: String?

    @Option(help: "With --replay: how many times as fast as it was recorded, from 1 to 1000.")
    var speed: Int?

    func validate() throws {
        guard (1...1000).contains(speed ?? 1) else { throw ValidationError("--speed should be from 1 to 1000") }
        guard speed == nil || replay != nil else { throw ValidationError("--speed needs --replay") }
        guard replay == nil || faults.isEmpty else {
            throw ValidationError("--fault cannot stand beside --replay: a recording has the faults that were recorded")
        }
        guard (0...65_535).contains(port) else { throw ValidationError("--port should be from 0 to 65535") }
        if let fault = SandboxCommand.fault(ofHost: host) { throw ValidationError("--host \(fault)") }
        guard (10...100_000).contains(assets) else { throw ValidationError("--assets should be from 10 to 100000") }
        try validate(faults: faults)
    }

    func run() async throws {
        try await CommandExit.withExitCodes(isService: true) {
            if let replay {
                return try await SandboxCommand.replay(
                    replay, speed: speed ?? 1, host: host, port: port, environment: Environment(),
                    print: CommandExit.show)
            }
            try await SandboxCommand.run(
                host: host, port: port, assets: assets, key: key, faults: faults, environment: Environment(),
                print: CommandExit.show)
        }
    }
}

extension ParsableCommand {
    func validate(faults: [String]) throws {
        do { try SandboxCommand.check(faults: faults) } catch { throw ValidationError("--fault: \(error)") }
    }
}
