import Foundation

/// HTTP requests through one libcurl multi handle on one thread: connections are kept and shared by all requests.
///
/// Redirects of GETs are followed within the same scheme, host and port only, so that no key in a header or a query ever
/// reaches another host. The thread ends with `shutdown`.
package final class HTTPClient: Sendable {
    private let engine: CurlEngine
    private static let mostRedirects = 3

    /// What decides on the proxy of each request; it does not change while the client lives.
    package let proxies: ProxySettings

    /// Starts the thread of the client, which only `shutdown` ends.
    package init(proxies: ProxySettings = ProxySettings()) {
        self.proxies = proxies
        engine = CurlEngine()
        let engine = engine
        let thread = Thread { engine.run() }
        thread.name = "curl"
        thread.start()
    }

    /// Ends the thread; requests that are under way fail with `.cancelled`.
    package func shutdown() {
        engine.stop()
    }

    /// Asks once, by the request's method: a redirect is an answer like any other, and is not followed.
    ///
    /// Cancelling the task abandons the transfer; the server may have done what was asked.
    package func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let response = try await engine.perform(routed(request)).get().response
        if Transfer.mayRedirect(response.status) { request.receive?(response.body) }
        return response
    }

    /// Asks by GET, and follows redirects; cancelling the task abandons the transfer.
    package func get(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        var request = routed(request)
        request.method = .get
        let end = ContinuousClock.now + request.limits.total
        for _ in 0...Self.mostRedirects {
            let (response, redirect) = try await engine.perform(request).get()
            guard let redirect, Transfer.mayRedirect(response.status) else {
                // One that leads nowhere is the answer after all.
                if Transfer.mayRedirect(response.status) { request.receive?(response.body) }
                return response
            }
            guard let origin = Origin(of: request.url), let target = Origin(of: redirect), origin == target else {
                let host = Origin(of: redirect)?.host ?? "an address that cannot be read"
                throw HTTPError(.redirectRefused, "redirected to \(host), which is not where the request went")
            }
            request.url = redirect
            request.limits.total = max(.milliseconds(1), end - .now)
        }
        throw HTTPError(.redirectRefused, "redirected more than \(Self.mostRedirects) times")
    }

    /// Decided here and not by libcurl, so that it is what is told of it; a redirect leads to the same origin.
    private func routed(_ request: HTTPRequest) -> HTTPRequest {
        guard case .through(let proxy, _) = proxies.way(to: request.url) else { return request }
        var request = request
        request.proxy = proxy
        return request
    }
}
