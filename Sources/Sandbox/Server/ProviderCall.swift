/// A request to a provider, parsed from HTTP.
struct ProviderCall: Sendable {
    var path = ""
    /// If a parameter is repeated, the first value counts.
    var parameters: [String: String] = [:]
    /// Keyed by lowercase name.
    var headers: [String: String] = [:]
}
