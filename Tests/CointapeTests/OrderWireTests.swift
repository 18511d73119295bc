import Foundation
import Orders
import TestSupport
import Testing

/// Orders in requests of every kind.
@Suite(.tags(.load)) struct OrderWireTests {
    private static let good = #"{"currency":"USD","amount":"1","idempotence_key":"k"}"#

    private static let heads: [[String]] = [
        [], ["Content-Type: application/json"], ["content-type:application/json ; charset=utf-8"],
        ["CONTENT-TYPE: text/plain"], ["Content-Type: application/json", "Content-Type: text/plain"],
        ["Content-Type: \u{FC}"], ["Content-Type:"], ["Idempotency-Key: k"], ["Idempotency-Key: \"k\""],
        ["Idempotency-Key: other"], ["idempotency-key: k", "Idempotency-Key: k"],
        ["Idempotency-Key: k", "Idempotency-Key: other"], ["Idempotency-Key: \u{FC}"], ["Idempotency-Key:"],
        ["Accept: text/csv", "X: y"], ["Expect: 100-continue"], ["Upgrade: h2c"], ["Connection: close"],
        ["Connection: keep-alive, x"],
    ]

    private static let bodies = [
        good, good + "\n", "", "{", "[]", "x", #"{"currency":"USD","amount":1.00,"idempotence_key":"k"}"#,
        #"{"currency":"usd","amount":"1","idempotence_key":"k"}"#, #"{"currency":"USD","amount":"1"}"#,
        #"{"currency":"USD","amount":"1e5","idempotence_key":"k"}"#, "{\"currency\":\"\u{FC}\"}",
        #"{"currency":"USD","amount":"999999999","idempotence_key":"large"}"#,
    ]

    @Test(.timeLimit(.minutes(5))) func `however the bytes of an order come, its answer is the same`() async throws {
        let shop = try await Shop(apis: 1)
        let port = shop.apis[0].port
        for key in ["k", "other"] {
            #expect(try await shop.put(Self.good.replacing("\"k\"", with: "\"\(key)\"")).status == 200)
        }
        let (counts, differences) = try await onThread {
            var (counts, differences) = ([Int: Int](), [String]())
            for head in Self.heads {
                for body in Self.bodies {
                    let request = Self.request(head, body)
                    let answer = try Self.answer(request, port)
                    // Whoever waits to be asked for the body is asked unless it comes with the head.
                    let other = try Self.answer(request, port, cut: request.utf8.count / 2)
                        .replacing("HTTP/1.1 100 Continue\r\n\r\n", with: "")
                    if answer != other { differences.append("\(request)\n\(answer)\n\(other)") }
                    counts[Int(answer.dropFirst(9).prefix(3)) ?? 0, default: 0] += 1
                }
            }
            return (counts, differences)
        }
        let count = differences.count
        #expect(count == 0, "such as \(differences.first ?? "none")")
        #expect(Set(counts.keys).isSuperset(of: [200, 409, 415, 422]), "\(counts)")
        #expect(try await shop.ledger().count == 2)
    }

    private static func request(_ head: [String], _ body: String) -> String {
        let length = ["Content-Length: \(body.utf8.count)"]
        return (["PUT /buy_order HTTP/1.1", "Host: a"] + head + length + ["", ""]).joined(separator: "\r\n") + body
    }

    /// Twice on one connection where it lasts, and without what differs from one moment to the next.
    private static func answer(_ request: String, _ port: Int, cut: Int = 0) throws -> String {
        let client = try BlockingClient(port: port)
        var text = ""
        for _ in 0..<2 where !client.hasEnded && !text.contains("Connection: close") {
            for part in [request.utf8.prefix(cut), request.utf8.dropFirst(cut)] { client.send(part) }
            text += String(decoding: try client.answer(toHEAD: false), as: UTF8.self)
        }
        return text.replacing(/\r\nDate: [^\r]*/, with: "")
    }
}
