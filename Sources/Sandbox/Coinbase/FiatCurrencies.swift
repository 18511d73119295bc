/// State currencies with their ISO 4217 codes, and roughly how many units a US dollar buys.
enum FiatCurrencies {
    struct Row: Sendable {
        let code: String
        let unitsPerDollar: Double
        /// How many decimals of the rate are written: zero to four, depending on the currency.
        let places: Int
        /// Whether it is held at its rate to the dollar.
        let isPegged: Bool
    }

    static let rows: [Row] = [
        row("USD", 1, places: 3, isPegged: true), row("EUR", 0.8640), row("GBP", 0.7620),
        row("AED", 3.6725, isPegged: true), row("AFN", 66.4), row("ALL", 83.6), row("AMD", 382.4), row("ANG", 1.79),
        row("AOA", 917.1), row("ARS", 1423.5), row("AUD", 1.5480), row("AWG", 1.79, isPegged: true),
        row("AZN", 1.7), row("BAM", 1.69), row("BBD", 2, isPegged: true), row("BDT", 122.3), row("BGN", 1.69),
        row("BHD", 0.377, places: 3), row("BIF", 2948, places: 0), row("BMD", 1, isPegged: true), row("BND", 1.306),
        row("BOB", 6.91), row("BRL", 5.4), row("BSD", 1, isPegged: true), row("BTN", 89.4), row("BWP", 13.4),
        row("BYN", 3.41), row("BZD", 2.011), row("CAD", 1.41), row("CDF", 2200), row("CHF", 0.808),
        row("CLF", 0.0234), row("CLP", 936, places: 0), row("CNH", 7.11), row("CNY", 7.11), row("COP", 3760),
        row("CRC", 500.2), row("CUC", 1, isPegged: true), row("CUP", 24), row("CVE", 95.4), row("CZK", 20.9),
        row("DJF", 177.7, places: 0), row("DKK", 6.45), row("DOP", 62.6), row("DZD", 130.4), row("EEK", 13.5),
        row("EGP", 47.5), row("ERN", 15), row("ETB", 154.5), row("FJD", 2.28), row("FKP", 0.762), row("GEL", 2.7),
        row("GGP", 0.762), row("GHS", 11), row("GIP", 0.762), row("GMD", 73), row("GNF", 8690, places: 0),
        row("GTQ", 7.66), row("GYD", 209), row("HKD", 7.783), row("HNL", 26.3), row("HRK", 6.51), row("HTG", 130.8),
        row("HUF", 330.4), row("IDR", 16_690), row("ILS", 3.27), row("IMP", 0.762), row("INR", 89.4),
        row("IQD", 1310), row("ISK", 127.3, places: 0), row("JEP", 0.762), row("JMD", 160.6),
        row("JOD", 0.709, places: 3), row("JPY", 156.4, places: 0), row("KES", 129.5), row("KGS", 87.45),
        row("KHR", 4010), row("KMF", 426, places: 0), row("KRW", 1472, places: 0), row("KWD", 0.307, places: 3),
        row("KYD", 0.833), row("KZT", 519), row("LAK", 21_680), row("LBP", 89_500), row("LKR", 308),
        row("LRD", 178), row("LSL", 17.3), row("LTL", 2.98), row("LVL", 0.607), row("LYD", 5.46, places: 3),
        row("MAD", 9.3), row("MDL", 17.1), row("MGA", 4480), row("MKD", 53.2), row("MMK", 2099), row("MNT", 3560),
        row("MOP", 8.01), row("MRU", 39.8), row("MUR", 46.2), row("MVR", 15.4), row("MWK", 1734), row("MXN", 18.5),
        row("MYR", 4.15), row("MZN", 63.9), row("NAD", 17.3), row("NGN", 1456), row("NIO", 36.8), row("NOK", 10.2),
        row("NPR", 143), row("NZD", 1.782), row("OMR", 0.3845, places: 3), row("PAB", 1, isPegged: true),
        row("PEN", 3.38), row("PGK", 4.23), row("PHP", 58.8), row("PKR", 281), row("PLN", 3.67),
        row("PYG", 6990, places: 0), row("QAR", 3.64, isPegged: true), row("RON", 4.4), row("RSD", 101.3),
        row("RUB", 79), row("RWF", 1453, places: 0), row("SAR", 3.75, isPegged: true), row("SBD", 8.24),
        row("SCR", 13.8), row("SEK", 9.55), row("SGD", 1.307), row("SOS", 571), row("SRD", 38.5), row("SSP", 4500),
        row("THB", 32.4), row("TJS", 9.25), row("TMT", 3.5), row("TND", 2.96, places: 3), row("TOP", 2.4),
        row("TRY", 42.5), row("TTD", 6.79), row("TWD", 31.4), row("TZS", 2450), row("UAH", 42.3),
        row("UGX", 3630, places: 0), row("UYU", 39.7), row("UZS", 11_960), row("VES", 243),
        row("VND", 26_370, places: 0), row("VUV", 122, places: 0), row("WST", 2.8), row("XAF", 567, places: 0),
        row("XCD", 2.7, isPegged: true), row("XOF", 567, places: 0), row("XPF", 103, places: 0), row("YER", 238.5),
        row("ZAR", 17.3), row("ZMW", 22.9), row("ZWL", 322),
    ]

    private static func row(_ code: String, _ units: Double, places: Int = 4, isPegged: Bool = false) -> Row {
        Row(code: code, unitsPerDollar: units, places: places, isPegged: isPegged)
    }
}
