package import Basics
import HTTPServer
package import Logging
import ServiceLifecycle

/// Imitates CoinMarketCap, CryptoCompare, Coinbase, CoinGecko, CoinPaprika, Binance and CoinCap on one port, with their wire formats.
///
/// The content depends only on the settings and the minute. A request with the header `X-Sandbox-Minute: 2026-11-21T09:01Z` gets
/// that minute instead of the present one, and one with `X-Sandbox-Top: 400` a market of at most that many assets.
/// `/sandbox/requests` shows how often each provider was called for a minute.
package struct SandboxServer: Service {
    private let server: HTTPServer
    private let waits: Waits

    /// Port 0 takes any free port; `onListening` gets the actual one.
    package init(
        settings: SandboxSettings, host: String = "127.0.0.1", port: Int, now: @escaping @Sendable () -> Timestamp,
        logger: Logger, onListening: @escaping @Sendable (Int) async -> Void
    ) {
        let providers = Providers(settings: settings, now: now)
        self.init(host: host, port: port, logger: logger, onListening: onListening) { await providers.answer($0) }
    }

    /// Plays a recording instead of the providers.
    package init(
        playing replay: Replay, host: String = "127.0.0.1", port: Int, logger: Logger,
        onListening: @escaping @Sendable (Int) async -> Void
    ) {
        self.init(host: host, port: port, logger: logger, onListening: onListening) { replay.answer($0) }
    }

    private init(
        host: String, port: Int, logger: Logger, onListening: @escaping @Sendable (Int) async -> Void,
        answer: @escaping @Sendable (Request) async -> ProviderAnswer
    ) {
        let waits = Waits()
        self.waits = waits
        server = HTTPServer(
            [ListenAddress(host: host, port: port)], maxConnections: Self.maxConnections, logger: logger
        ) { address in
            await onListening(address.port)
        } makeResponder: { loop in
            SandboxResponder(loop: loop, waits: waits, answer: answer)
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

    /// The address of a sandbox; loopback if it listens on all addresses.
    package static func url(host: String, port: Int) -> String {
        "http://\(host == "0.0.0.0" ? "127.0.0.1" : host):\(port)"
    }

    /// The variables that point the shipped configs at a sandbox on this port.
    package static func environment(host: String = "127.0.0.1", port: Int, key: String) -> [String: String] {
        let url = url(host: host, port: port)
        return [
            "COINMARKETCAP_URL": url, "COINMARKETCAP_API_KEY": key,
            "CRYPTOCOMPARE_URL": url, "CRYPTOCOMPARE_API_KEY": key,
            "COINBASE_URL": url, "COINMARKETCAP_PUBLIC_URL": "\(url)/public-api", "COINGECKO_URL": url,
            "COINPAPRIKA_URL": url, "BINANCE_URL": url, "COINCAP_URL": url, "COINCAP_API_KEY": key,
        ]
    }
}
