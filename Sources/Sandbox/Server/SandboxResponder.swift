import Basics
import HTTPServer

/// Answers the requests to all providers, on one event loop.
final class SandboxResponder: Responder {
    private let loop: ServerLoop
    private let answer: @Sendable (Request) async -> ProviderAnswer
    private let waits: Waits

    init(loop: ServerLoop, waits: Waits, answer: @escaping @Sendable (Request) async -> ProviderAnswer) {
        self.loop = loop
        self.waits = waits
        self.answer = answer
    }

    func respond(to request: Request) -> Answer {
        let (answer, waits) = (answer, waits)
        // Each minute's market is computed, and recorded answers are files, which takes too long for an event loop.
        return Answer(loop.taskElsewhere { await answer(request).response(waits) })
    }
}

/// Selects the provider by path, and answers from the market of the request's minute.
struct Providers: Sendable {
    private static let minuteHeader = "x-sandbox-minute"
    private static let topHeader = "x-sandbox-top"

    private let coinMarketCap: CoinMarketCap
    private let cryptoCompare: CryptoCompare
    private let coinCap: CoinCap
    private let coinbase = Coinbase()
    private let minutes: MarketMinutes
    private let counts = RequestCounts()
    private let faults: FaultControl
    private let seed: UInt64
    private let now: @Sendable () -> Timestamp

    init(settings: SandboxSettings, now: @escaping @Sendable () -> Timestamp) {
        coinMarketCap = CoinMarketCap(key: settings.key)
        cryptoCompare = CryptoCompare(key: settings.key)
        coinCap = CoinCap(key: settings.key)
        minutes = MarketMinutes(Market(settings))
        faults = FaultControl(settings.faults)
        seed = settings.seed
        self.now = now
    }

    func answer(_ request: Request) async -> ProviderAnswer {
        switch (request.method, request.path) {
        case (.get, "/sandbox/requests"): return .ok(counts.json)
        case (.get, "/sandbox/faults"): return faults.answer
        case (.put, "/sandbox/faults"): return faults.replace(request.query.text)
        default: break
        }
        guard request.method == .get, let provider = Provider(path: request.path) else { return Self.notFound }
        let call = ProviderCall(request)
        guard let minute = minute(of: call) else {
            return .json(400, #"{"error":"X-Sandbox-Minute has to be a minute such as 2026-11-21T09:01Z"}"#)
        }
        let top = call.headers[Self.topHeader].map { Int($0) ?? 0 }
        guard top.map({ $0 > 0 }) ?? true else {
            return .json(400, #"{"error":"X-Sandbox-Top has to be a number of assets, 1 or more"}"#)
        }
        // Refused calls count too, as in a provider's rate limit.
        let number = counts.add(provider, minute)
        guard let fault = faults.current.fault(at: minute, of: provider, call: number, seed: seed) else {
            let market = await minutes.market(at: minute)
            return simulated(provider).answer(call, in: top.map { market.top($0) } ?? market)
        }
        return await FaultyCall(
            fault: fault, provider: simulated(provider), call: call, number: number, minutes: minutes
        ).answer(at: minute)
    }

    private func simulated(_ provider: Provider) -> any SimulatedProvider {
        switch provider {
        case .coinmarketcap: coinMarketCap
        case .cryptocompare: cryptoCompare
        case .coinbase: coinbase
        case .coingecko: CoinGecko()
        case .coinpaprika: CoinPaprika()
        case .binance: Binance()
        case .coincap: coinCap
        }
    }

    /// The present minute, unless the request names another.
    private func minute(of call: ProviderCall) -> Minute? {
        guard let text = call.headers[Self.minuteHeader] else { return Minute(containing: now()) }
        return Minute(text)
    }

    private static let notFound = ProviderAnswer.json(404, #"{"error":"Not found"}"#)
}

extension ProviderCall {
    init(_ request: Request) {
        path = request.path
        for pair in request.query.text.split(separator: "&") {
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map {
                PercentEncoding.decode($0) ?? String($0)
            }
            if parameters[sides[0]] == nil { parameters[sides[0]] = sides.count > 1 ? sides[1] : "" }
        }
        for field in request.fields where headers[field.name.lowercased()] == nil {
            headers[field.name.lowercased()] = field.value
        }
    }
}
