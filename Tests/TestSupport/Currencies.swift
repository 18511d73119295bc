package import Orders

extension Currency {
    package static let eur = Currency("EUR")
    package static let gbp = Currency("GBP")
    package static let usd = Currency("USD")
    package static let chf = Currency("CHF")
}
