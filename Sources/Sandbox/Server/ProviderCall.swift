/// A request to one of the providers, read from HTTP.
struct ProviderCall: Sendable {
    /// Of a repeated parameter, the first.
    var parameters: [String: String] = [:]
    /// By the name in lower case.
    var headers: [String: String] = [:]
}
