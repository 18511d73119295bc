import Basics
import CCurl

/// One request that libcurl processes; it is only used on the client's thread.
final class Transfer {
    typealias Outcome = Result<(response: HTTPResponse, redirect: String?), HTTPError>

    let request: HTTPRequest
    private let continuation: CheckedContinuation<Outcome, Never>
    private(set) var easy: UnsafeMutableRawPointer?
    private var headerList: UnsafeMutablePointer<curl_slist>?
    private let errorText: UnsafeMutablePointer<CChar>
    private var headers: [(name: String, value: String)] = []
    /// Whether the empty line after the headers has arrived.
    private var isHeadWhole = false
    private var body: [UInt8] = []
    private var isTooLarge = false

    init(_ request: HTTPRequest, _ continuation: CheckedContinuation<Outcome, Never>) {
        self.request = request
        self.continuation = continuation
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit {
        if let easy { curl_easy_cleanup(easy) }
        curl_slist_free_all(headerList)
        errorText.deallocate()
    }

    /// Creates the easy handle, which keeps an unretained pointer to this object: the caller must hold the transfer until it has
    /// removed the handle from its multi handle.
    func prepare() -> UnsafeMutableRawPointer? {
        guard let easy = curl_easy_init() else { return nil }
        self.easy = easy
        for header in request.headers {
            headerList = curl_slist_append(headerList, "\(header.name): \(header.value)")
        }
        let limits = request.limits
        let own = Unmanaged.passUnretained(self).toOpaque()
        let codes = [
            cointape_curl_set_string(easy, CURLOPT_URL, request.url),
            cointape_curl_set_string(easy, CURLOPT_PROTOCOLS_STR, "http,https"),
            // An empty string keeps libcurl from reading the environment.
            cointape_curl_set_string(easy, CURLOPT_PROXY, request.proxy ?? ""),
            cointape_curl_set_string(easy, CURLOPT_NOPROXY, ""),
            cointape_curl_set_long(easy, CURLOPT_FOLLOWLOCATION, 0),
            cointape_curl_set_long(easy, CURLOPT_NOSIGNAL, 1),
            cointape_curl_set_long(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS),
            cointape_curl_set_string(
                easy, CURLOPT_ACCEPT_ENCODING, request.takesCompressed ? "gzip, deflate" : nil),
            cointape_curl_set_string(easy, CURLOPT_USERAGENT, "cointape"),
            cointape_curl_set_headers(easy, headerList),
            cointape_curl_set_long(easy, CURLOPT_TIMEOUT_MS, max(1, Int(limits.total / .milliseconds(1)))),
            cointape_curl_set_long(easy, CURLOPT_CONNECTTIMEOUT_MS, max(1, Int(limits.stall / .milliseconds(1)))),
            cointape_curl_set_long(easy, CURLOPT_LOW_SPEED_LIMIT, 100),
            cointape_curl_set_long(easy, CURLOPT_LOW_SPEED_TIME, max(1, Int(limits.stall / .seconds(1)))),
            cointape_curl_set_pointer(easy, CURLOPT_ERRORBUFFER, errorText),
            cointape_curl_set_pointer(easy, CURLOPT_PRIVATE, own),
            cointape_curl_set_pointer(easy, CURLOPT_WRITEDATA, own),
            cointape_curl_set_pointer(easy, CURLOPT_HEADERDATA, own),
            cointape_curl_set_callback(easy, CURLOPT_WRITEFUNCTION) { data, size, count, context in
                guard let data, let context else { return 0 }
                let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
                return transfer.receive(UnsafeRawBufferPointer(start: data, count: size * count))
            },
            cointape_curl_set_callback(easy, CURLOPT_HEADERFUNCTION) { data, size, count, context in
                guard let data, let context else { return 0 }
                let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
                return transfer.receiveHeader(UnsafeRawBufferPointer(start: data, count: size * count))
            },
        ]
        return (codes + setMethod(easy)).allSatisfy { $0 == CURLE_OK } ? easy : nil
    }

    private func setMethod(_ easy: UnsafeMutableRawPointer) -> [CURLcode] {
        let body = request.method.body.map { cointape_curl_set_body(easy, $0, $0.count) }
        let isGet = if case .get = request.method { true } else { false }
        let method = isGet ? nil : cointape_curl_set_string(easy, CURLOPT_CUSTOMREQUEST, request.method.name)
        return [body, method].compactMap(\.self)
    }

    /// Ends the transfer; must be called exactly once.
    func finish(_ code: CURLcode) {
        continuation.resume(returning: outcome(of: code))
    }

    func fail(_ error: HTTPError) {
        continuation.resume(returning: .failure(error))
    }

    private func outcome(of code: CURLcode) -> Outcome {
        if isTooLarge {
            return .failure(HTTPError(.bodyTooLarge, "the body is larger than \(request.limits.body) bytes"))
        }
        guard code == CURLE_OK else {
            let detail = String(cString: errorText)
            let text = detail.isEmpty ? String(cString: curl_easy_strerror(code)) : detail
            return .failure(HTTPError(kind(of: code), text))
        }
        // libcurl treats a response whose connection ends within its headers as one without a body.
        guard isHeadWhole else {
            return .failure(HTTPError(.network, "the connection ended within the headers of the answer"))
        }
        var redirect: UnsafeMutablePointer<CChar>?
        cointape_curl_get_string(easy, CURLINFO_REDIRECT_URL, &redirect)
        let response = HTTPResponse(status: status, headers: headers, body: body)
        return .success((response, redirect.map { String(cString: $0) }))
    }

    /// Whether the body may belong to a redirect, which no caller waits for.
    static func mayRedirect(_ status: Int) -> Bool { (300..<400).contains(status) }

    /// The status of the response so far; the headers of the last response come before its body.
    private var status: Int {
        var status = 0
        cointape_curl_get_long(easy, CURLINFO_RESPONSE_CODE, &status)
        return status
    }

    private func kind(of code: CURLcode) -> HTTPError.Code {
        switch code {
        case CURLE_OPERATION_TIMEDOUT: return .timeout
        case CURLE_URL_MALFORMAT: return .invalidRequest
        case CURLE_UNSUPPORTED_PROTOCOL:
            // libcurl also reports this code if the response is not HTTP, and then the request was sent.
            var sent = 0
            cointape_curl_get_long(easy, CURLINFO_REQUEST_SIZE, &sent)
            return sent > 0 ? .network : .invalidRequest
        default: return .network
        }
    }

    /// Returning fewer bytes than were offered makes libcurl abort the transfer.
    private func receive(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard body.count + bytes.count <= request.limits.body else {
            isTooLarge = true
            return 0
        }
        let isFirst = body.isEmpty
        body += bytes
        if let receive = request.receive, !Self.mayRedirect(status) {
            if isFirst { request.begin?(headers.first(named: "content-type")) }
            receive(Array(bytes))
        }
        return bytes.count
    }

    private func receiveHeader(_ bytes: UnsafeRawBufferPointer) -> Int {
        let line = String(decoding: bytes, as: UTF8.self).trimmingSuffix(while: \.isWhitespace)
        if line.hasPrefix("HTTP/") {
            // An interim response (1xx) or a proxy's response came before; only the headers of the last one count.
            headers = []
            isHeadWhole = false
        } else if line.isEmpty {
            isHeadWhole = true
        } else if let colon = line.firstIndex(of: ":") {
            let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
            headers.append((String(line[..<colon]), String(value)))
        }
        return bytes.count
    }
}
