package import Basics
import HTTPServer
package import Logging
import ServiceLifecycle

/// Plays CoinMarketCap, CryptoCompare and Coinbase on one port, in their wire formats.
///
/// What it serves depends on the settings and on the minute alone. A request with the header `X-Sandbox-Minute:
/// 2026-11-21T09:01Z` asks for that minute instead of the present one, one with `X-Sandbox-Top: 400` for a market of no more
/// than those assets. `/sandbox/requests` tells how often each provider was asked for a minute.
package struct SandboxServer: Service {
    private let server: HTTPServer
    private let waits: Waits

    /// Port 0 takes any that is free; `onListening` is told which.
    package init(
        settings: SandboxSettings, host: String = "127.0.0.1", port: Int, now: @escaping @Sendable () -> Timestamp,
        logger: Logger, onListening: @escaping @Sendable (Int) async -> Void
    ) {
        let (providers, waits) = (Providers(settings: settings, now: now), Waits())
        self.waits = waits
        server = HTTPServer(
            [ListenAddress(host: host, port: port)], maxConnections: Self.maxConnections, logger: logger
        ) { address in
            await onListening(address.port)
        } makeResponder: { loop in
            SandboxResponder(loop: loop, providers: providers, waits: waits)
        }
    }

    private static let maxConnections = 1_000

    /// Serves until graceful shutdown.
    package func run() async throws {
        let (server, waits) = (server, waits)
        try await withGracefulShutdownHandler {
            try await server.run()
        } onGracefulShutdown: {
            waits.endAll()
        }
    }

    /// The variables that turn the shipped configs to a sandbox on that port.
    ///
    /// One that listens everywhere is named as this machine reaches it.
    package static func environment(host: String = "127.0.0.1", port: Int, key: String) -> [String: String] {
        let url = "http://\(host == "0.0.0.0" ? "127.0.0.1" : host):\(port)"
        return [
            "COINMARKETCAP_URL": url, "COINMARKETCAP_API_KEY": key,
            "CRYPTOCOMPARE_URL": url, "CRYPTOCOMPARE_API_KEY": key,
            "COINBASE_URL": url,
        ]
    }
}
