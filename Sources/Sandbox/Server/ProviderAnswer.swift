/// What a provider replies: a status, and JSON.
struct ProviderAnswer: Sendable {
    let status: Int
    let body: [UInt8]

    static func ok(_ body: [UInt8]) -> ProviderAnswer {
        ProviderAnswer(status: 200, body: body)
    }

    static func json(_ status: Int, _ text: String) -> ProviderAnswer {
        ProviderAnswer(status: status, body: Array(text.utf8))
    }
}
