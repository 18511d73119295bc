import Basics
import HTTPTypes
import Hummingbird
import NIOCore

/// Tells the providers apart by path, and answers for each from the market of the request's minute.
struct SandboxResponder: HTTPResponder {
    typealias Context = BasicRequestContext

    private static let minuteHeader = "x-sandbox-minute"
    private static let topHeader = "x-sandbox-top"

    private let coinMarketCap: CoinMarketCap
    private let cryptoCompare: CryptoCompare
    private let coinbase = Coinbase()
    private let minutes: MarketMinutes
    private let counts = RequestCounts()
    private let faults: FaultControl
    private let seed: UInt64
    private let now: @Sendable () -> Timestamp

    init(settings: SandboxSettings, now: @escaping @Sendable () -> Timestamp) {
        coinMarketCap = CoinMarketCap(key: settings.key)
        cryptoCompare = CryptoCompare(key: settings.key)
        minutes = MarketMinutes(Market(settings))
        faults = FaultControl(settings.faults)
        seed = settings.seed
        self.now = now
    }

    func respond(to request: Request, context: Context) async throws -> Response {
        try await answer(request).response()
    }

    private func answer(_ request: Request) async -> ProviderAnswer {
        switch (request.method, request.uri.path) {
        case (.get, "/sandbox/requests"): return .json(200, counts.json)
        case (.get, "/sandbox/faults"): return faults.answer
        case (.put, "/sandbox/faults"): return faults.replace(request.uri.query ?? "")
        default: break
        }
        guard request.method == .get, let provider = Provider(path: request.uri.path) else { return Self.notFound }
        let call = ProviderCall(request)
        guard let minute = minute(of: call) else {
            return .json(400, #"{"error":"X-Sandbox-Minute has to be a minute such as 2026-11-21T09:01Z"}"#)
        }
        let top = call.headers[Self.topHeader].map { Int($0) ?? 0 }
        guard top.map({ $0 > 0 }) ?? true else {
            return .json(400, #"{"error":"X-Sandbox-Top has to be a number of assets, 1 or more"}"#)
        }
        // Refused calls count too, as they do in a provider's rate limit.
        let number = counts.add(provider, minute)
        guard let fault = faults.current.fault(at: minute, of: provider, call: number, seed: seed) else {
            let market = await minutes.market(at: minute)
            return played(provider).answer(call, in: top.map { market.top($0) } ?? market)
        }
        return await FaultyCall(
            fault: fault, provider: played(provider), call: call, number: number, minutes: minutes
        ).answer(at: minute)
    }

    private func played(_ provider: Provider) -> any PlayedProvider {
        switch provider {
        case .coinmarketcap: coinMarketCap
        case .cryptocompare: cryptoCompare
        case .coinbase: coinbase
        }
    }

    /// The present minute, unless the request asks for another.
    private func minute(of call: ProviderCall) -> Minute? {
        guard let text = call.headers[Self.minuteHeader] else { return Minute(containing: now()) }
        return Minute(text)
    }

    private static let notFound = ProviderAnswer.json(404, #"{"error":"Not found"}"#)
}

extension ProviderCall {
    init(_ request: Request) {
        for (name, value) in request.uri.queryParameters where parameters[String(name)] == nil {
            parameters[String(name)] = String(value)
        }
        for field in request.headers where headers[field.name.canonicalName] == nil {
            headers[field.name.canonicalName] = field.value
        }
    }
}
