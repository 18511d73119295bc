import Basics
import Foundation
import JQ
import TestSupport
import Testing

@testable import CurlHTTP
@testable import Fetching

/// What the filters of the shipped configs make of bodies that providers have sent, or well may.
@Suite struct ShippedFilterTests {
    private static let configs = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("config")

    /// `page 2: [rows]`, `retry 60: message`, `stop: message` or `error: message`.
    private func reading(of body: String, by feed: String, isError: Bool = false) async throws -> String {
        let data = try Data(contentsOf: Self.configs.appendingPathComponent("\(feed).json"))
        let config = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let rows = try #require(config["filter"] as? String)
        let failure = try #require(config["failure"] as? String)
        let filters = PageFilters(rows: try JQProgram(rows), failure: try JQProgram(failure))
        let pool = JQPool(processes: 1)
        defer { pool.shutdown() }
        do throws(JQError) {
            let response = HTTPResponse(status: isError ? 500 : 200, headers: [], body: [])
            let reading = try await pool.read(Array(body.utf8)) { document async throws(JQError) in
                try await filters.read(document, of: response, isError: isError)
            }
            switch reading {
            case .page(let page): return String(decoding: page.rows.json, as: UTF8.self)
            case .failure(nil): return "the status"
            case .failure(let verdict?):
                let wait = verdict.wait.map { " \(Int($0 / .seconds(1)))" } ?? ""
                return "\(verdict.mayRetry ? "retry" : "stop")\(wait): \(verdict.message)"
            }
        } catch {
            return "error: \(error.description.replacing("filter: ", with: "", maxReplacements: 1))"
        }
    }

    @Test(arguments: [
        // No error, however that is spelt.
        (#"{"status":{"error_code":0},"data":[]}"#, ""), (#"{"status":{"error_code":"0"},"data":[]}"#, ""),
        (#"{"status":{"error_code":null},"data":[]}"#, ""), (#"{"status":{},"data":[]}"#, ""), (#"{"data":[]}"#, ""),
        (#"{"status":null,"data":[]}"#, ""), (#"{"status":"fine","data":[]}"#, ""),
        // Errors, the unknown ones among them.
        (#"{"status":{"error_code":1008,"error_message":"slow down"}}"#, "retry 60: slow down (code 1008)"),
        (#"{"status":{"error_code":"1010","error_message":"no more"}}"#, "stop 900: no more (code 1010)"),
        (#"{"status":{"error_code":1002,"error_message":null}}"#, "stop: no message (code 1002)"),
        (#"{"status":{"error_code":1022}}"#, "retry: no message (code 1022)"),
        (#"{"status":{"error_code":{"a":1},"error_message":["x"]}}"#, #"retry: ["x"] (code {"a":1})"#),
        // Containers of the wrong type.
        (#"{"data":{"1":{"id":1}}}"#, "error: data is not a list but object"),
        (#"{"data":"x"}"#, "error: data is not a list but string"),
        ("{}", "error: data is not a list but null"), ("[]", #"error: Cannot index array with string "data""#),
        ("7", #"error: Cannot index number with string "data""#),
        (#"{"data":[{"id":1,"quote":[{"symbol":"USD","price":1}]}]}"#, #"error: Cannot index array with string "USD""#),
        // Items that are none are passed over; what an item lacks is null.
        (
            #"{"data":[null,5,"x",[],{"id":7,"symbol":"A","quote":{"USD":{"price":1.5}}}]}"#,
            #"{"id":7,"symbol":"A","price":1.5}"#
        ),
        (#"{"data":[{"id":7}]}"#, #"{"id":7,"symbol":null,"price":null}"#),
        (#"{"data":[{"id":7,"symbol":"A","quote":null}]}"#, #"{"id":7,"symbol":"A","price":null}"#),
        (
            #"{"data":[{"id":7,"symbol":"A","quote":{"USD":{"price":1.2e-9}},"new":{"x":[]}}]}"#,
            #"{"id":7,"symbol":"A","price":1.2e-09}"#
        ),
        (
            #"{"data":[{"id":7,"symbol":"A","quote":{"USD":{"price":"1.50"}}}]}"#,
            #"{"id":7,"symbol":"A","price":"1.50"}"#
        ),
        (
            #"{"data":[{"id":18446744073709551616,"symbol":"A"}]}"#,
            #"{"id":18446744073709551616,"symbol":"A","price":null}"#
        ),
    ])
    func `prices`(body: String, expected: String) async throws {
        #expect(try await reading(of: body, by: "price") == expected)
    }

    private static let asset = #"{"Err":{},"Data":{"LIST":[{"SYMBOL":"A","ASSET_ALTERNATIVE_IDS":@}]}}"#

    @Test(arguments: [
        (#"{"Err":{},"Data":{"LIST":[]}}"#, ""), (#"{"Err":null,"Data":{"LIST":[]}}"#, ""),
        (#"{"Data":{"LIST":[]}}"#, ""),
        (#"{"Data":{},"Err":{"type":1,"message":"Not found","other_info":{"values":["x",1]}}}"#, "retry: Not found"),
        (#"{"Data":{},"Err":{"type":1}}"#, "retry: no message"), (#"{"Data":{},"Err":"broken"}"#, "retry: no message"),
        (#"{"Data":{},"Err":{"message":"page is invalid. It has to be …"}}"#, "stop: page is invalid. It has to be …"),
        (
            #"{"Response":"Error","Message":"You are over your rate limit please upgrade your account!","Type":99,"Data":{}}"#,
            "retry 10: You are over your rate limit please upgrade your account!"
        ),
        (
            #"{"Response":"Error","Message":"You need a valid auth key or api key to access this endpoint","Type":1,"Data":{}}"#,
            "stop: You need a valid auth key or api key to access this endpoint"
        ),
        (#"{"Message":"Success","Type":100,"Data":[]}"#, #"error: Cannot index array with string "LIST""#),
        (#"{"Data":{"LIST":{}}}"#, "error: LIST is not a list but object"),
        ("[]", #"error: Cannot index array with string "Data""#),
        (#"{"Data":{"LIST":[null,{"SYMBOL":"A"}]}}"#, #"{"id":null,"symbol":"A"}"#),
    ])
    func `ranks`(body: String, expected: String) async throws {
        #expect(try await reading(of: body, by: "rank") == expected)
    }

    @Test(arguments: [
        (#"[{"NAME":"CG","ID":"x"},{"NAME":"CMC","ID":"1"}]"#, #""1""#), (#"[{"NAME":"CMC","ID":1}]"#, "1"),
        (#"[{"NAME":"CMC","ID":" 01 "},{"NAME":"CMC","ID":"2"}]"#, #"" 01 ""#),
        (#"[{"NAME":"CMC","ID":null}]"#, "null"),
        (#"[{"NAME":"CMC"}]"#, "null"), (#"[null,"x",{"NAME":"CMC","ID":"1.0"}]"#, #""1.0""#), ("[]", "null"),
        ("null", "null"),
        (#""1""#, "null"), (#"{"CMC":"1"}"#, "null"),
    ])
    func `the id among an asset's others`(ids: String, expected: String) async throws {
        let body = Self.asset.replacing("@", with: ids)
        #expect(try await reading(of: body, by: "rank") == #"{"id":\#(expected),"symbol":"A"}"#)
    }

    @Test(arguments: [
        (
            #"{"data":{"currency":"BTC","rates":{"EUR":"2.50","GBP":"1","USD":"0.0000000000000001","00":"9","DEAD":"NaN"}}}"#,
            #"{"EUR":"2.50","GBP":"1","USD":"0.0000000000000001"}"#
        ),
        (
            #"{"data":{"currency":"BTC","rates":{"EUR":"0","GBP":"1","USD":"1"}}}"#,
            "error: a rate is not a positive decimal"
        ),
        (
            #"{"data":{"currency":"BTC","rates":{"EUR":"-1","GBP":"1","USD":"1"}}}"#,
            "error: a rate is not a positive decimal"
        ),
        (
            #"{"data":{"currency":"BTC","rates":{"EUR":"NaN","GBP":"1","USD":"1"}}}"#,
            "error: a rate is not a positive decimal"
        ),
        (
            #"{"data":{"currency":"BTC","rates":{"EUR":"1e5","GBP":"1","USD":"1"}}}"#,
            "error: a rate is not a positive decimal"
        ),
        (
            #"{"data":{"currency":"BTC","rates":{"EUR":1.5,"GBP":"1","USD":"1"}}}"#,
            "error: a rate is not a positive decimal"
        ),
        (#"{"data":{"currency":"BTC","rates":{"GBP":"1","USD":"1"}}}"#, "error: a rate is not a positive decimal"),
        (#"{"data":{"rates":{"EUR":"1","GBP":"1","USD":"1"}}}"#, "error: the rates are of null, not of BTC"),
        (#"{"data":{"currency":"USD","rates":{}}}"#, "error: the rates are of USD, not of BTC"),
        (#"{"errors":[{"id":"invalid_request","message":"Invalid currency (USD)"}]}"#, "retry: Invalid currency (USD)"),
        (#"{"errors":[]}"#, "error: the rates are of null, not of BTC"), ("[]", "error: "),
    ])
    func `rates`(body: String, expected: String) async throws {
        let reading = try await reading(of: body, by: "btc_rate")
        #expect(reading == expected || expected.hasPrefix("error") && reading.hasPrefix(expected), "\(reading)")
    }

    @Test(arguments: ["price", "rank", "btc_rate"])
    func `an error's body without a word for it is left to its status`(feed: String) async throws {
        #expect(try await reading(of: "{}", by: feed, isError: true) == "the status")
    }
}
