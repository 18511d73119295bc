import Foundation
import Orders
import TestSupport
import Testing

/// Orders that are placed on their connection's event loop, against the routes.
@Suite struct OrderShortcutTests {
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

    @Test(.timeLimit(.minutes(2))) func `the routes give the same answers, byte for byte`() async throws {
        let shop = try await Shop(apis: 1)
        let folder = FileManager.default.temporaryDirectory.appending(path: "shortcut-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var config = try #require(
            try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: "config/api.json")))
                as? [String: Any])
        config["http"] = ["shortcut": false]
        let file = folder.appending(path: "api.json")
        try JSONSerialization.data(withJSONObject: config).write(to: file)
        let ports = (shop.apis[0].port, try await shop.startAPI(config: file.path()))
        for key in ["k", "other"] {
            #expect(try await shop.put(Self.good.replacing("\"k\"", with: "\"\(key)\"")).status == 200)
        }
        let (counts, differences) = try await onThread {
            var (counts, differences) = ([Int: Int](), [String]())
            for head in Self.heads {
                for body in Self.bodies {
                    let request = Self.request(head, body)
                    let (answer, other) = (try Self.answer(request, ports.0), try Self.answer(request, ports.1))
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
    private static func answer(_ request: String, _ port: Int) throws -> String {
        let client = try BlockingClient(port: port)
        var text = ""
        for _ in 0..<2 where !client.hasEnded && !text.contains("Connection: close") {
            client.send(request.utf8)
            text += String(decoding: try client.answer(toHEAD: false), as: UTF8.self)
        }
        return text.replacing(/\r\nDate: [^\r]*/, with: "")
    }
}
