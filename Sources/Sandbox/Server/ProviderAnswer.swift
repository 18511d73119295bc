/// A provider's reply.
struct ProviderAnswer: Sendable {
    /// How the bytes are sent.
    enum Delivery: Sendable {
        case whole
        /// Half of the body, then the connection is closed.
        case cut
        /// One byte per second.
        case drip
        /// Nothing, not even a status.
        case hang
    }

    var status: Int
    var headers: [(name: String, value: String)] = []
    var body: [UInt8] = []
    var contentType = "application/json; charset=utf-8"
    var delivery = Delivery.whole

    static func ok(_ body: [UInt8]) -> ProviderAnswer {
        ProviderAnswer(status: 200, body: body)
    }

    static func json(_ status: Int, _ text: String) -> ProviderAnswer {
        ProviderAnswer(status: status, body: Array(text.utf8))
    }

    static func plain(_ status: Int, _ text: String) -> ProviderAnswer {
        ProviderAnswer(status: status, body: Array(text.utf8), contentType: "text/plain")
    }

    static func html(_ status: Int, _ text: String) -> ProviderAnswer {
        ProviderAnswer(status: status, body: Array(text.utf8), contentType: "text/html; charset=UTF-8")
    }
}
