import Basics
import CurlHTTP
import Digests

/// Limits for the operations of an S3 store.
package struct S3Limits: Sendable {
    /// How long an operation may take, retries included; each page of a listing is one operation.
    package var patience: Duration
    /// In bytes per second: an operation that moves bytes may take as long as they need at this rate, in addition to `patience`.
    package var slowest: Int
    /// An attempt that moves no bytes for this long is aborted and repeated.
    package var stall: Duration

    package init(patience: Duration = .seconds(30), slowest: Int = 250_000, stall: Duration = .seconds(10)) {
        (self.patience, self.slowest, self.stall) = (patience, slowest, stall)
    }

    func end(moving bytes: Int = 0) -> ContinuousClock.Instant { .now + patience + .seconds(bytes / max(1, slowest)) }
}

/// Sends signed requests to a bucket's server, and retries those that may succeed the next time.
struct S3Client: Sendable {
    let location: S3Location
    let credentials: S3Credentials
    let http: HTTPClient
    let limits: S3Limits
    let now: @Sendable () -> Timestamp

    /// One request of the API.
    struct Call {
        var method = HTTPRequest.Method.get
        /// nil for the bucket itself.
        let key: String?
        var query: [(name: String, value: String)] = []
        var headers: [(name: String, value: String)] = []
        /// Statuses that the caller accepts besides 2xx.
        var answers: Set<Int> = []
        /// The largest body that is accepted, in bytes; 64 KiB more are allowed for errors.
        var most = 0

        func isAnswer(_ status: Int) -> Bool { (200..<300).contains(status) || answers.contains(status) }
    }

    /// Returns the first response that the call accepts; retries until `end` if that may help.
    func send(_ call: Call, until end: ContinuousClock.Instant) async throws(StoreError) -> HTTPResponse {
        // S3 asks clients to double their waits when it tells them to slow down.
        var backoff = Backoff(base: .milliseconds(200), maximum: .seconds(5))
        while true {
            let failure: S3Failure
            do throws(HTTPError) {
                let response = try await http.send(signed(call, within: end - .now))
                if call.isAnswer(response.status) { return response }
                failure = S3Failure(response, now: now())
            } catch {
                failure = S3Failure(error)
            }
            guard case .again(let after) = failure.remedy else { throw error(failure) }
            let wait = max(backoff.next(), after ?? .zero)
            guard ContinuousClock.now + wait < end else { throw error(failure) }
            // If the task is cancelled, the next attempt fails at once.
            try? await Task.sleep(for: wait)
        }
    }

    func error(_ failure: S3Failure) -> StoreError {
        // The server may quote the request, and so the session token.
        let text = credentials.sessionToken.map { failure.text.replacing($0, with: "***") } ?? failure.text
        return StoreError(failure.remedy == .intervention ? .refused : .unavailable, "\(location): \(text)")
    }

    private func signed(_ call: Call, within time: Duration) -> HTTPRequest {
        let date = AWSSignature.date(now())
        let payload = Digest.sha256(call.method.body ?? [])
        var request = AWSSignature.Request(
            method: call.method.name, path: "/\(location.bucket)" + (call.key.map { "/\(location.prefix)\($0)" } ?? ""),
            query: call.query,
            headers: [("Host", location.host), ("X-Amz-Date", date), ("X-Amz-Content-Sha256", payload)] + call.headers,
            payload: payload)
        if let token = credentials.sessionToken { request.headers.append(("X-Amz-Security-Token", token)) }
        let signature = AWSSignature(credentials: credentials, region: location.region, service: "s3")
        var sent = HTTPRequest(
            call.method, url: location.endpoint + request.target,
            headers: request.headers + [("Authorization", signature.authorization(of: request, date: date))],
            limits: HTTPRequest.Limits(
                total: max(.milliseconds(1), time), stall: limits.stall, body: call.most + Self.mostOfError))
        sent.takesCompressed = false
        return sent
    }

    private static let mostOfError = 65_536
}

/// Why a request failed, and what helps.
struct S3Failure: Equatable {
    enum Remedy: Equatable {
        /// The same request may succeed when it is repeated, after this time if the server states one.
        case again(after: Duration?)
        /// It may succeed later, but there is no point in retrying now.
        case later
        /// Somebody has to fix something.
        case intervention
    }

    let remedy: Remedy
    /// For people: the server's message, and what to do.
    let text: String
    /// The error code of S3, such as `NoSuchKey`; nil if the response has none.
    let code: String?

    init(_ error: HTTPError) {
        code = nil
        switch error.code {
        case .timeout, .network: (remedy, text) = (.again(after: nil), error.message)
        case .cancelled: (remedy, text) = (.later, error.message)
        case .bodyTooLarge:
            (remedy, text) = (
                .intervention, "the answer is larger than what was asked for: it ignores Range, or is no S3 server"
            )
        case .redirectRefused, .invalidRequest: (remedy, text) = (.intervention, error.message)
        }
    }

    init(_ response: HTTPResponse, now: Timestamp) {
        let document = S3Document(response.body)
        let error = document?.name == "Error" ? document : nil
        let code = error?["Code"]
        self.code = code
        let said = ["\(response.status)", code?.excerpt(), error?["Message"]?.excerpt(200)].compactMap(\.self)
        let region = response.header("x-amz-bucket-region") ?? error?["Region"]
        let advice = Self.advice(
            response.status, code ?? "", region: region?.excerpt(), date: response.header("date")?.excerpt(), now: now)
        text = said.joined(separator: " ") + (advice.map { " (\($0))" } ?? "")
        switch (response.status, code) {
        // 409: a concurrent write to the same file; Amazon says to retry.
        case (408, _), (409, _), (429, _), (500, _), (502...504, _), (_, "RequestTimeout"), (_, "IncompleteBody"):
            remedy = .again(after: response.retryAfter(now: now))
        case (501, _): remedy = .intervention
        case (505..., _): remedy = .later
        default: remedy = .intervention
        }
    }

    /// What somebody has to do; nil if the server's message must suffice.
    private static func advice(
        _ status: Int, _ code: String, region: String?, date: String?, now: Timestamp
    ) -> String? {
        switch (status, code) {
        case (_, "SignatureDoesNotMatch"): "check AWS_SECRET_ACCESS_KEY; or a proxy changes the request"
        case (_, "InvalidAccessKeyId"): "check AWS_ACCESS_KEY_ID: the server does not know it"
        case (_, "ExpiredToken"), (_, "InvalidToken"), (_, "TokenRefreshRequired"):
            "renew AWS_SESSION_TOKEN and the keys that came with it"
        case (_, "RequestTimeTooSkewed"), (_, "RequestExpired"):
            "set the clock: this machine's says \(now.httpDate), the server's \(date ?? "something else")"
        case (_, "AccessDenied"), (_, "AllAccessDisabled"):
            "the keys need s3:GetObject, s3:PutObject, s3:DeleteObject and, on the bucket, s3:ListBucket"
        case (_, "NoSuchBucket"): "make the bucket, or correct its name"
        case (300..<400, _), (_, "AuthorizationHeaderMalformed"), (_, "IllegalLocationConstraintException"):
            region.map { "the bucket is in another region: write region=\($0)" } ?? "check region and endpoint"
        case (501, _): "the server lacks what an archive needs: If-None-Match with PUT, Range and If-Match with GET"
        case (_, ""): status < 500 ? "is the endpoint an S3 server?" : nil
        default: nil
        }
    }
}
