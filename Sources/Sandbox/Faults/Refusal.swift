/// Why a provider refuses a call: each says it in its own words.
enum Refusal: Sendable {
    case perMinute, perDay, perMonth, perAddress, key, plan, server, unknown
}
