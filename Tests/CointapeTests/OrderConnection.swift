import TestSupport

/// A client's way to an api: a connection that is kept from order to order, or a new one for each.
final class OrderConnection {
    private let port: Int
    private let keepsAlive: Bool
    private var connection: RawConnection?
    /// The bytes of earlier answers on the connection.
    private var consumed = 0

    init(port: Int, keepsAlive: Bool) {
        self.port = port
        self.keepsAlive = keepsAlive
    }

    /// nil when no answer came, or not all of it.
    func put(_ body: String) async throws -> RawAnswer? {
        if connection == nil {
            connection = try? await RawConnection(port: port)
            consumed = 0
        }
        guard let connection else { return nil }
        let lines = [
            "PUT /buy_order HTTP/1.1", "Host: test", "Content-Type: application/json",
            "Content-Length: \(body.utf8.count)", "Connection: \(keepsAlive ? "keep-alive" : "close")", "", "",
        ]
        connection.send(lines.joined(separator: "\r\n") + body)
        let answer = try await answer(on: connection)
        if answer == nil || !keepsAlive {
            connection.close()
            self.connection = nil
        }
        return answer
    }

    private func answer(on connection: RawConnection) async throws -> RawAnswer? {
        var whole: RawAnswer?
        try? await eventually(within: .seconds(20), every: .milliseconds(1), "an answer") {
            let hasEnded = connection.hasEnded
            let bytes = Array(connection.received.dropFirst(consumed))
            if let answer = RawAnswer(bytes), let length = answer["content-length"].flatMap({ Int($0) }),
                answer.body.count >= length
            {
                consumed += bytes.count
                whole = answer
            }
            return hasEnded || whole != nil
        }
        return whole
    }
}
