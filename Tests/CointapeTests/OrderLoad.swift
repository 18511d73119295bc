import Foundation
import Synchronization
import TestSupport

/// Clients that order one thing after the other, and ask for each with the same key until they know.
final class OrderLoad: Sendable {
    struct Order: Hashable {
        let currency: String
        let amount: String
        let key: String

        /// As the table of seen keys has it.
        var identity: String { "\(currency) \(amount) \(key)" }

        var json: String { #"{"currency":"\#(currency)","amount":"\#(amount)","idempotence_key":"\#(key)"}"# }
    }

    private struct State {
        var answers = Answers()
        var round = 0
        var isOver = false
    }

    private let state = Mutex(State())

    var answers: Answers { state.withLock(\.answers) }
    var acknowledged: Int { state.withLock(\.answers.acknowledged.count) }

    /// In each round each client orders one large thing, of so many dollars: more than 100 BTC in twenty rounds of twelve.
    ///
    /// All else is small.
    private static let large = "51538.77"

    func beginsRound() { state.withLock { $0.round += 1 } }

    /// The clients end with the order that they are at.
    func ends() { state.withLock { $0.isOver = true } }

    /// One client; returns after `ends()`.
    func run(client: Int, port: Int, keepsAlive: Bool) async throws {
        let connection = OrderConnection(port: port, keepsAlive: keepsAlive)
        var random = SeededGenerator(seed: UInt64(client))
        var (number, largeRound) = (0, 0)
        while true {
            let (round, isOver) = state.withLock { ($0.round, $0.isOver) }
            if isOver { return }
            number += 1
            let cents = Int.random(in: 11...199, using: &random)
            let small = "\(cents / 100).\(cents / 10 % 10)\(1 + cents % 9)"
            let order = Order(
                currency: ["EUR", "GBP", "USD"].randomElement(using: &random) ?? "EUR",
                amount: round > largeRound ? Self.large : small, key: "\(client)-\(number)")
            largeRound = round
            guard let answer = try await ask(order, connection) else { return }
            // Now and then it asks again for what it knows.
            if number.isMultiple(of: 8), answer.status == 200, let again = try await ask(order, connection),
                again.text != answer.text
            {
                note { $0.wrong.append("\(order.identity): \(answer.text) and then \(again.status) \(again.text)") }
            }
        }
    }

    /// Asks until it knows; nil for an answer that nobody may get.
    private func ask(_ order: Order, _ connection: OrderConnection) async throws -> RawAnswer? {
        var known: RawAnswer?
        do {
            try await eventually(within: .seconds(60), "an answer") {
                let answer = try await connection.put(order.json)
                switch answer?.status {
                case 200:
                    guard let answer, let id = Self.id(answer, of: order) else { break }
                    note { $0.acknowledged.append((order, id)) }
                    known = answer
                    return true
                case 409:
                    note { $0.refused.insert(order) }
                    known = answer
                    return true
                case nil, 503:
                    let type = answer.map(Self.type) ?? "no answer"
                    note { $0.retried[type, default: 0] += 1 }
                    if ["no answer", "outcome-unknown", "orders-unavailable"].contains(type) { return false }
                default: break
                }
                note { $0.wrong.append("\(order.identity): \(answer?.status ?? 0) \(answer?.text ?? "")") }
                return true
            }
        } catch is NotInTime {
            note { $0.wrong.append("\(order.identity): never an answer") }
        }
        return known
    }

    private func note(_ body: (inout Answers) -> Void) {
        state.withLock { body(&$0.answers) }
    }

    /// The id in an answer that is the order's; nil for another's.
    private static func id(_ answer: RawAnswer, of order: Order) -> String? {
        guard let json = try? JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any],
            let placed = json["buy_order"] as? [String: String], json["idempotence_key"] as? String == order.key,
            placed["currency"] == order.currency, placed["currency_amount"] == order.amount
        else { return nil }
        return placed["id"]
    }

    private static func type(_ answer: RawAnswer) -> String {
        let json = try? JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any]
        let type = json?["type"] as? String ?? answer.text
        return type.split(separator: "/").last.map(String.init) ?? type
    }
}
