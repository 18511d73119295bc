import HTTPTypes
import NIOCore
import PlainRequests

/// Places orders on their connection's event loop: the task that waits for Redis never leaves it.
struct OrderShortcut: Sendable {
    let route: PlaceOrderRoute

    private static let fields = OutlineFields(
        kept: ["content-type", "idempotency-key"], foreign: ["transfer-encoding", "expect", "upgrade"])

    /// nil for a request that the routes have to read.
    func read(_ request: ByteBuffer) -> PlainPut? { PlainPut(request, to: "/buy_order", Self.fields) }

    func answer(to put: PlainPut) async -> Answer {
        var fields = HTTPFields()
        for (name, value) in put.fields {
            fields.append(HTTPField(name: name == "content-type" ? .contentType : .idempotencyKey, value: value))
        }
        do throws(Problem) {
            return try await route.answer(Array(put.body.readableBytesView), fields)
        } catch {
            return error.answer
        }
    }
}
