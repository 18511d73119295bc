import Basics
import Config
import CurlHTTP
import JQ
import Recordings
import Tape

/// How a token is got that requests carry, and how long it is kept.
package struct TokenSettings: Sendable {
    let call: CallSettings
    let filter: JQProgram
    let expires: JQProgram?
    let lasts: Duration

    init?(reading reader: ConfigReader) {
        let call = CallSettings(reading: reader, names: [])
        let filter = reader.program("filter", "A jq filter for the token, which is `${token}` in the request.")
        let expires = reader.program(
            "expires", optional: true, "A jq filter for how many seconds the token is valid.")
        let lasts = reader.duration(
            "lasts", default: "10m", in: .seconds(10)...(.seconds(30 * 86_400)),
            "How long a token is kept whose answer does not say it.")
        reader.finish()
        guard let call, let filter, let lasts else { return nil }
        self.call = call
        self.filter = filter
        self.expires = expires
        self.lasts = lasts
    }
}

/// Gets the token that requests carry, and keeps it until it expires; all requests of a process share it.
actor TokenKeeper {
    struct Token: Equatable, Sendable {
        let text: String
        fileprivate let until: Timestamp
    }

    private let settings: TokenSettings
    private let limits: HTTPRequest.Limits
    private let http: HTTPClient
    private let jq: JQPool
    private let clock: TapeClock
    private let recorder: FeedRecorder?
    private var kept: Token?
    /// The call that gets a token, for which all requests wait.
    private var call: Task<Result<Token, FetchFailure>, Never>?

    init(
        _ settings: TokenSettings, limits: HTTPRequest.Limits, http: HTTPClient, jq: JQPool, clock: TapeClock,
        recorder: FeedRecorder?
    ) {
        self.settings = settings
        self.limits = limits
        self.http = http
        self.jq = jq
        self.clock = clock
        self.recorder = recorder
    }

    /// A token that is still valid for a while.
    func token(_ values: RequestValues, deadline: Timestamp) async throws(FetchFailure) -> Token {
        if let kept, kept.until > clock.now { return kept }
        let call = call ?? Task { await get(values, deadline) }
        self.call = call
        let result = await call.value
        if self.call == call { self.call = nil }
        let token = try result.get()
        kept = token
        return token
    }

    /// Forgets a token that was refused, unless there is a newer one.
    func drop(_ token: Token) {
        if kept == token { kept = nil }
    }

    private func get(_ values: RequestValues, _ deadline: Timestamp) async -> Result<Token, FetchFailure> {
        var request = settings.call.request(values)
        request.limits = limits
        request.limits.total = min(limits.total, max(.milliseconds(1), clock.wall(deadline - clock.now)))
        let response: HTTPResponse
        do throws(HTTPError) {
            response = try await http.fetch(request)
        } catch {
            recorder?.record(.failure(error.message), of: settings.call, values)
            return .failure(FetchFailure(.upstream, "token: \(error.message)"))
        }
        let result = await token(in: response)
        recorder?.record(.init(response), of: settings.call, values) { call in
            call.token = try? result.get().text
            call.tellsToken = true
        }
        return result
    }

    private func token(in response: HTTPResponse) async -> Result<Token, FetchFailure> {
        guard (200..<300).contains(response.status) else {
            let isRefused = (400..<500).contains(response.status) && ![408, 425, 429].contains(response.status)
            // The body of a refused login may repeat what was sent.
            return .failure(FetchFailure(isRefused ? .stopped : .upstream, "token: HTTP \(response.status)"))
        }
        let (filter, expires) = (settings.filter, settings.expires)
        do throws(JQError) {
            let (text, seconds) = try await jq.read(response.body) { document async throws(JQError) in
                let text = try await document.firstText(filter)
                guard let expires else { return (text, String?.none) }
                return (text, try await document.firstText(expires))
            }
            guard let text, !text.isEmpty else {
                return .failure(FetchFailure(.badPayload, "token: its filter finds none in the answer"))
            }
            guard HiddenCharacter(in: text, .control) == nil else {
                return .failure(FetchFailure(.badPayload, "token: it has control characters"))
            }
            let valid = seconds.flatMap { Double($0) }.map { Duration.seconds(min(max(0, $0), 30 * 86_400)) }
            // Renewed a little earlier, for it must still be valid when the request arrives.
            return .success(Token(text: text, until: clock.now + (valid ?? settings.lasts) * 0.9))
        } catch {
            // jq quotes what it cannot read, which may be the token.
            let reason = error.kind == .failed ? "a filter fails on the answer" : "the answer is not JSON"
            return .failure(FetchFailure(.badPayload, "token: \(reason)"))
        }
    }
}
