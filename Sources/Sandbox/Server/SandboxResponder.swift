import Basics
import HTTPTypes
import Hummingbird
import NIOCore

/// Tells the providers apart by path, and answers for each from the market of the request's minute.
struct SandboxResponder: HTTPResponder {
    typealias Context = BasicRequestContext

    private static let minuteHeader = "x-sandbox-minute"

    private let coinMarketCap: CoinMarketCap
    private let cryptoCompare: CryptoCompare
    private let coinbase = Coinbase()
    private let minutes: MarketMinutes
    private let counts = RequestCounts()
    private let now: @Sendable () -> Timestamp

    init(settings: SandboxSettings, now: @escaping @Sendable () -> Timestamp) {
        coinMarketCap = CoinMarketCap(key: settings.key)
        cryptoCompare = CryptoCompare(key: settings.key)
        minutes = MarketMinutes(Market(settings))
        self.now = now
    }

    func respond(to request: Request, context: Context) async -> Response {
        response(await answer(request))
    }

    private func answer(_ request: Request) async -> ProviderAnswer {
        guard request.method == .get else { return Self.notFound }
        if request.uri.path == "/sandbox/requests" { return .json(200, counts.json) }
        guard let provider = Provider(path: request.uri.path) else { return Self.notFound }
        let call = ProviderCall(request)
        guard let minute = minute(of: call) else {
            return .json(400, #"{"error":"X-Sandbox-Minute has to be a minute such as 2026-11-21T09:01Z"}"#)
        }
        // Refused calls count too, as they do in a provider's rate limit.
        counts.add(provider, minute)
        return answer(provider, call, in: await minutes.market(at: minute))
    }

    private func answer(_ provider: Provider, _ call: ProviderCall, in market: MarketMinute) -> ProviderAnswer {
        switch provider {
        case .coinmarketcap: coinMarketCap.answer(call, in: market)
        case .cryptocompare: cryptoCompare.answer(call, in: market)
        case .coinbase: coinbase.answer(call, in: market)
        }
    }

    /// The present minute, unless the request asks for another.
    private func minute(of call: ProviderCall) -> Minute? {
        guard let text = call.headers[Self.minuteHeader] else { return Minute(containing: now()) }
        return Minute(text)
    }

    private func response(_ answer: ProviderAnswer) -> Response {
        Response(
            status: HTTPResponse.Status(code: answer.status),
            headers: [.contentType: "application/json; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body)))
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
