import HTTPServer
import HTTPTypes
import NIOCore
import Synchronization

/// The waits of delayed answers, which all end when the sandbox shuts down.
final class Waits: Sendable {
    private struct State {
        var isOver = false
        var lastNumber = 0
        var running: [Int: Task<Void, any Error>] = [:]
    }

    private let state = Mutex(State())

    /// Waits for the duration, or until the sandbox shuts down; returns whether the duration has passed.
    func wait(_ duration: Duration) async -> Bool {
        let task = Task { try await Task.sleep(for: duration) }
        let number = state.withLock { state in
            if state.isOver { task.cancel() }
            state.lastNumber += 1
            state.running[state.lastNumber] = task
            return state.lastNumber
        }
        let outcome = await task.result
        state.withLock { $0.running[number] = nil }
        return (try? outcome.get()) != nil
    }

    func endAll() {
        let running = state.withLock { state in
            state.isOver = true
            return state.running.values
        }
        for task in running { task.cancel() }
    }
}

extension ProviderAnswer {
    /// The HTTP response of the answer; an answer that hangs waits before this returns.
    func response(_ waits: Waits) async -> Response {
        if delivery == .hang { _ = await waits.wait(Self.patience) }
        return Response(status, responseBody(waits)) { fields in
            fields.add(.contentType, contentType)
            for header in headers {
                if let name = HTTPField.Name(header.name) { fields.add(name, header.value) }
            }
        }
    }

    /// Longer than any client waits for a provider.
    private static let patience: Duration = .seconds(90)

    /// A body that ends early closes the connection.
    private func responseBody(_ waits: Waits) -> Response.Body {
        let body = body
        switch delivery {
        case .whole, .hang: return .bytes([ByteBuffer(bytes: body)])
        case .cut:
            return .stream(
                BodyStream(length: body.count) { writer in
                    try await writer.write(ByteBuffer(bytes: body.prefix(body.count / 2)))
                })
        case .drip:
            return .stream(
                BodyStream(length: body.count) { writer in
                    for byte in body.prefix(Int(Self.patience / .seconds(1))) {
                        try await writer.write(ByteBuffer(bytes: [byte]))
                        guard await waits.wait(.seconds(1)) else { return }
                    }
                })
        }
    }
}
