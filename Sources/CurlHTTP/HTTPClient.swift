import Foundation

/// Sends HTTP requests through one libcurl multi handle on one thread; all requests share its connections.
///
/// Redirects of GETs are only followed within the same scheme, host and port, so that a key in a header or a query never reaches
/// another host. The thread ends with `shutdown`.
package final class HTTPClient: Sendable {
    private let engine: CurlEngine
    private static let mostRedirects = 3

    /// Determines the proxy of each request; it never changes.
    package let proxies: ProxySettings

    /// Starts the client's thread, which runs until `shutdown`.
    package init(proxies: ProxySettings = ProxySettings()) {
        self.proxies = proxies
        engine = CurlEngine()
        let engine = engine
        let thread = Thread { engine.run() }
        thread.name = "curl"
        thread.start()
    }

    /// Ends the thread; running requests fail with `.cancelled`.
    package func shutdown() {
        engine.stop()
    }

    /// Sends the request once, with its own method; redirects are returned and not followed.
    ///
    /// Cancelling the task abandons the transfer, but the server may have carried out the request.
    package func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let response = try await engine.perform(routed(request)).get().response
        if Transfer.mayRedirect(response.status) { request.receive?(response.body) }
        return response
    }

    /// Sends a request for data: redirects are followed if it is a GET, and returned if it is not.
    package func fetch(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        if case .get = request.method { try await get(request) } else { try await send(request) }
    }

    /// Sends a GET, and follows redirects; cancelling the task abandons the transfer.
    package func get(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        var request = routed(request)
        request.method = .get
        let end = ContinuousClock.now + request.limits.total
        for _ in 0...Self.mostRedirects {
            let (response, redirect) = try await engine.perform(request).get()
            guard let redirect, Transfer.mayRedirect(response.status) else {
                // A 3xx that redirects nowhere is the final response.
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

    /// Decided here and not by libcurl, so that it matches what is logged; redirects stay within the origin, so the proxy stays
    /// the same.
    private func routed(_ request: HTTPRequest) -> HTTPRequest {
        guard case .through(let proxy, _) = proxies.way(to: request.url) else { return request }
        var request = request
        request.proxy = proxy
        return request
    }
}
