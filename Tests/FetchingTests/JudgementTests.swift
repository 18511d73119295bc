import Basics
import JQ
import Tape
import Testing

@testable import CurlHTTP
@testable import Fetching

@Suite struct JudgementTests {
    static let filters: PageFilters? = try? PageFilters(
        rows: JQProgram(".data[] | {id}"),
        failure: JQProgram("select(.error != null) | {message: .error, action: (.action // \"retry\")}"))

    private func judge(_ status: Int, _ body: String, headers: [(name: String, value: String)] = []) async throws
        -> Judgement
    {
        let filters = try #require(Self.filters)
        let pool = JQPool(threads: 1)
        defer { pool.shutdown() }
        let bytes = Array(body.utf8)
        let response = HTTPResponse(status: status, headers: headers, body: bytes)
        do throws(JQError) {
            let reading = try await pool.read(bytes) { document throws(JQError) in
                try filters.read(document, isError: !(200..<300).contains(status))
            }
            return .of(response, .success(reading))
        } catch {
            return .of(response, .failure(error))
        }
    }

    private func kind(_ judgement: Judgement) -> String {
        switch judgement {
        case .page(let page): "page \(page.rows.count)"
        case .retry(let failure, let after): "retry \(failure.code.rawValue)" + (after.map { " \($0)" } ?? "")
        case .stop(let failure): "stop \(failure.code.rawValue)"
        }
    }

    @Test(arguments: [
        (200, #"{"data":[{"id":1},{"id":2}]}"#, "page 2"),
        (200, #"{"data":[]}"#, "page 0"),
        (200, #"{"error":"busy"}"#, "retry upstream"),
        (200, #"{"error":"key is dead","action":"stop"}"#, "stop stopped"),
        (429, #"{"error":"month is over","action":"stop"}"#, "stop stopped"),
        (429, #"{"error":"minute is over"}"#, "retry upstream"),
        (200, "<html>challenge</html>", "retry bad-payload"),
        (200, "", "retry bad-payload"),
        (200, #"{"data":[{"id":1}"#, "retry bad-payload"),
        (200, #"{"data":{"a":5}}"#, "retry bad-payload"),
        (200, #"{"data":null}"#, "retry bad-payload"),
        (401, "", "stop stopped"),
        (403, "<html>no</html>", "stop stopped"),
        (404, "{}", "stop stopped"),
        (429, "", "retry upstream"),
        (500, #"{"error":"oops"}"#, "retry upstream"),
        (502, "Bad Gateway", "retry upstream"),
        (302, "", "stop stopped"),
    ])
    func `judges the body before the status`(status: Int, body: String, expected: String) async throws {
        let judgement = try await judge(status, body)
        #expect(kind(judgement) == expected)
    }

    @Test(arguments: [("7", "retry upstream 7.0 seconds"), ("soon", "retry upstream"), ("-3", "retry upstream")])
    func `takes Retry-After in seconds`(value: String, expected: String) async throws {
        let judgement = try await judge(429, "", headers: [("Retry-After", value)])
        #expect(kind(judgement) == expected)
    }

    @Test func `giving up is our own doing and no verdict about the provider`() {
        #expect(throws: CancellationError.self) { try Judgement.of(HTTPError(.cancelled, "cancelled")) }
    }

    @Test func `a secret at the place where a quoted body is cut is masked whole`() {
        let secret = "canary-0123456789-canary"
        let body = Array((String(repeating: "x", count: 110) + secret).utf8)
        let response = HTTPResponse(status: 403, headers: [], body: body)
        let judgement = Judgement.of(
            response, .success(.failure(message: "", mayRetry: true)), redactor: Redactor(secrets: [secret]))
        guard case .stop(let failure) = judgement else {
            Issue.record("not a stop: \(judgement)")
            return
        }
        #expect(failure.detail.contains("xxx***"))
        #expect(!failure.detail.contains("canary"))
    }

    @Test func `tells the status and the beginning of a body that is not JSON`() async throws {
        guard case .retry(let failure, _) = try await judge(502, "Bad Gateway") else {
            Issue.record("not a retry")
            return
        }
        #expect(failure.detail == #"HTTP 502: "Bad Gateway""#)
    }
}
