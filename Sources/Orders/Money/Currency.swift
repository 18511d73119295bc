/// What orders are paid in; the texts are the codes of ISO 4217.
package enum Currency: String, CaseIterable, Sendable {
    case eur = "EUR"
    case gbp = "GBP"
    case usd = "USD"
}
