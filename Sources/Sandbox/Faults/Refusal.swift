/// Why a provider refuses a call; each provider words it differently.
enum Refusal: Sendable {
    case perMinute, perDay, perMonth, perAddress, key, plan, server, unknown
}
