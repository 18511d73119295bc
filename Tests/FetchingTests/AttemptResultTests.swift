import Basics
import JQ
import Logs
import Tape
import TestSupport
import Testing

@testable import CurlHTTP
@testable import Fetching

@Suite struct AttemptResultTests {
    static let filters: PageFilters? = try? PageFilters(
        rows: JQProgram(".data[] | {id}"),
        failure: JQProgram("select(.error != null) | {message: .error, action: (.action // \"retry\"), wait}"),
        asOf: JQProgram(".time"))
    static let now = Timestamp(milliseconds: 1_795_251_660_000)

    private func attempt(_ status: Int, _ body: String, headers: [(name: String, value: String)] = []) async throws
        -> AttemptResult
    {
        let filters = try #require(Self.filters)
        let pool = JQPool(processes: 1)
        defer { pool.shutdown() }
        let bytes = Array(body.utf8)
        let response = HTTPResponse(status: status, headers: headers, body: bytes)
        do throws(JQError) {
            let reading = try await pool.read(bytes) { document async throws(JQError) in
                try await filters.read(document, of: response, isError: !(200..<300).contains(status))
            }
            return .of(response, .success(reading), now: Self.now)
        } catch {
            return .of(response, .failure(error), now: Self.now)
        }
    }

    private func kind(_ result: AttemptResult) -> String {
        switch result {
        case .page(let page): "page \(page.rows.count)"
        case .retry(let failure): "retry \(failure.code.rawValue)" + (failure.wait.map { " \($0)" } ?? "")
        case .stop(let failure): "stop \(failure.code.rawValue)" + (failure.wait.map { " \($0)" } ?? "")
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
        (200, #"{"data":{"a":5}}"#, "stop bad-payload"),
        (200, #"{"data":null}"#, "stop bad-payload"),
        (401, "", "stop stopped"),
        (403, "<html>no</html>", "stop stopped"),
        (404, "{}", "stop stopped"),
        (429, "", "retry upstream"),
        (500, #"{"error":"oops"}"#, "retry upstream"),
        (502, "Bad Gateway", "retry upstream"),
        (302, "", "stop stopped"),
    ])
    func `judges the body before the status`(status: Int, body: String, expected: String) async throws {
        let result = try await attempt(status, body)
        #expect(kind(result) == expected)
    }

    @Test(arguments: [("7", "retry upstream 7.0 seconds"), ("soon", "retry upstream"), ("-3", "retry upstream")])
    func `takes Retry-After, and no nonsense`(value: String, expected: String) async throws {
        let result = try await attempt(429, "", headers: [("Retry-After", value)])
        #expect(kind(result) == expected)
    }

    @Test func `the header's wait goes before the one that the body stands for, unless it is none`() async throws {
        let body = #"{"error":"the day is over","action":"stop","wait":900}"#
        #expect(kind(try await attempt(429, body)) == "stop stopped 900.0 seconds")
        #expect(kind(try await attempt(429, body, headers: [("Retry-After", "30")])) == "stop stopped 30.0 seconds")
        #expect(kind(try await attempt(429, body, headers: [("Retry-After", "0")])) == "stop stopped 900.0 seconds")
        #expect(kind(try await attempt(200, #"{"error":"busy","wait":2.5}"#)) == "retry upstream 2.5 seconds")
        #expect(kind(try await attempt(200, #"{"error":"busy","wait":"x"}"#)) == "retry upstream")
        #expect(kind(try await attempt(200, #"{"error":"busy","wait":-1}"#)) == "retry upstream 0.0 seconds")
    }

    @Test(
        arguments: [
            (#""2026-11-21T09:01:00.250Z""#, 1_795_251_660_250), ("1795251660", 1_795_251_660_000),
            ("1795251660.25", 1_795_251_660_250), ("1795251660250", 1_795_251_660_250),
            (#""1795251660""#, 1_795_251_660_000), (#""2026-11-21""#, 1_795_219_200_000),
            ("null", nil), (#""yesterday""#, nil), ("-1", nil), ("1e300", nil), ("{}", nil),
        ] as [(String, Int64?)])
    func `reads when a page is from, and loses no row to a time that it cannot read`(time: String, expected: Int64?)
        async throws
    {
        guard case .page(let page) = try await attempt(200, #"{"data":[{"id":1}],"time":\#(time)}"#) else {
            Issue.record("not a page")
            return
        }
        #expect(page.asOf?.milliseconds == expected)
        #expect(page.rows.count == 1)
    }

    @Test func `giving up is our own doing and no verdict about the provider`() {
        #expect(throws: CancellationError.self) { try AttemptResult.of(HTTPError(.cancelled, "cancelled")) }
    }

    @Test func `a secret at the place where a quoted body is cut is masked whole`() {
        let secret = "canary-0123456789-canary"
        let body = Array((String(repeating: "x", count: 110) + secret).utf8)
        let response = HTTPResponse(status: 403, headers: [], body: body)
        let result = AttemptResult.of(
            response, .success(.failure(nil)), now: Self.now, redactor: Redactor(secrets: [secret]))
        guard case .stop(let failure) = result else {
            Issue.record("not a stop: \(result)")
            return
        }
        #expect(failure.detail.contains("xxx***"))
        #expect(!failure.detail.contains("canary"))
    }

    @Test func `tells the status and the beginning of a body that is not JSON`() async throws {
        guard case .retry(let failure) = try await attempt(502, "Bad Gateway") else {
            Issue.record("not a retry")
            return
        }
        #expect(failure.detail == #"HTTP 502: "Bad Gateway""#)
    }
}
