package import Basics
import Hummingbird
package import Logging
import NIOCore
import ServiceLifecycle

/// Plays CoinMarketCap, CryptoCompare and Coinbase on one port, in their wire formats.
///
/// What it serves depends on the settings and on the minute alone. A request with the header `X-Sandbox-Minute:
/// 2026-11-21T09:01Z` asks for that minute instead of the present one, one with `X-Sandbox-Top: 400` for a market of no more
/// than those assets. `/sandbox/requests` tells how often each provider was asked for a minute.
package struct SandboxServer: Service {
    private let settings: SandboxSettings
    private let host: String
    private let port: Int
    private let now: @Sendable () -> Timestamp
    private let logger: Logger
    private let onListening: @Sendable (Int) async -> Void

    /// Port 0 takes any that is free; `onListening` is told which.
    package init(
        settings: SandboxSettings, host: String = "127.0.0.1", port: Int, now: @escaping @Sendable () -> Timestamp,
        logger: Logger, onListening: @escaping @Sendable (Int) async -> Void
    ) {
        self.settings = settings
        self.host = host
        self.port = port
        self.now = now
        self.logger = logger
        self.onListening = onListening
    }

    /// Serves until graceful shutdown.
    package func run() async throws {
        let application = Application(
            responder: SandboxResponder(settings: settings, now: now),
            configuration: ApplicationConfiguration(
                address: .hostname(host, port: port), serverName: "cointape-sandbox"),
            onServerRunning: { [onListening, port] channel in await onListening(channel.localAddress?.port ?? port) },
            logger: logger)
        try await application.run()
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
