import Basics
import Config
import Redis
import ServiceLifecycle
import Serving
import Synchronization
import Tape
import Workers

/// Prints example commands as soon as they will work.
struct Announcer: Service {
    private let lists: [StreamReader]
    /// The streams of rates that price orders, with the highest age of their newest entry.
    private let rates: [(reader: StreamReader, maxAge: Duration)]
    private let listening: ListeningPort
    private let mode: UpMode
    private let redisOptions: String
    private let ledger: UpLedger
    private let clock: TapeClock
    private let print: @Sendable (String) -> Void

    init(
        configs: ConfigFiles, process: WorkerProcess, listening: ListeningPort, mode: UpMode, redisOptions: String,
        ledger: UpLedger, print: @escaping @Sendable (String) -> Void
    ) {
        func reader(_ stream: String, _ settings: WorkerSettings) -> StreamReader {
            StreamReader(
                key: settings.redis.keys.stream(stream), redis: process.redis(settings), clock: process.clock)
        }
        lists = configs.files.compactMap { file in
            file.config.output.flatMap { $0.lists == nil ? nil : reader($0.stream.value, file.config.worker) }
        }
        rates = configs.files.compactMap { file in
            guard let api = file.config as? APIConfig, let orders = api.orders else { return nil }
            return (reader(orders.rates, api.worker), orders.maxRateAge)
        }
        self.listening = listening
        self.mode = mode
        self.redisOptions = redisOptions
        self.ledger = ledger
        self.print = print
        clock = process.clock
    }

    func run() async throws {
        // The lists that fill the past are not complete.
        let first = mode == .sandbox ? Minute(containing: clock.now) : nil
        try? await cancelWhenGracefulShutdown {
            while await !isReady(from: first) { try await Task.sleep(for: .milliseconds(100)) }
            print(
                Self.banner(
                    mode, apiPort: listening.current ?? 0, redisOptions: redisOptions, hasPast: await hasPast()))
            try await ledger.hints().forEach(print)
            ledger.close()
        }
        // A service that ends early would end the whole group.
        try? await gracefulShutdown()
    }

    /// Whether the api listens, every newest list is recent, and orders can be priced.
    private func isReady(from first: Minute?) async -> Bool {
        guard listening.current != nil else { return false }
        for reader in lists {
            guard let newest = try? await reader.newestID(), first.map({ newest.minute >= $0 }) ?? true else {
                return false
            }
        }
        for (reader, maxAge) in lists.map({ ($0, .seconds(120)) }) + rates {
            guard let newest = try? await reader.newestID(), clock.now - newest.minute.start < maxAge else {
                return false
            }
        }
        return true
    }

    /// Whether every stream has a list of two minutes ago.
    private func hasPast() async -> Bool {
        let minute = Minute(containing: clock.now).advanced(byMinutes: -2)
        for reader in lists {
            guard let entry = try? await reader.entry(at: minute), entry.gap == nil else { return false }
        }
        return true
    }

    private static func banner(_ mode: UpMode, apiPort: Int, redisOptions: String, hasPast: Bool) -> String {
        let data =
            mode == .sandbox
            ? "sandbox data; for real data set COINMARKETCAP_API_KEY and CRYPTOCOMPARE_API_KEY" : "real data"
        let past = hasPast ? "\n  curl 'localhost:\(apiPort)?limit=3&datetime=-2m'" : ""
        return """

            cointape is up (\(data)). Try:

              curl 'localhost:\(apiPort)?limit=3'
              curl 'localhost:\(apiPort)?limit=3&format=CSV'\(past)
              curl -X PUT localhost:\(apiPort)/buy_order -H 'Content-Type: application/json' \
            -d '{"currency":"USD","amount":"100","idempotence_key":"1"}'
              curl 'localhost:\(apiPort)/buy_orders'
              redis-cli\(redisOptions) XREVRANGE toplist + - COUNT 1
              redis-cli\(redisOptions) XLEN price

            Ctrl-C ends it.

            """
    }
}

/// The port that the api actually listens on; the first one that is set counts.
final class ListeningPort: Sendable {
    private let port = Mutex<Int?>(nil)

    var current: Int? { port.withLock(\.self) }

    func set(_ number: Int) {
        port.withLock { $0 = $0 ?? number }
    }
}
