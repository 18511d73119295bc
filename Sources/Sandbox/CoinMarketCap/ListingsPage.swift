import Basics

/// The body of `/v1/cryptocurrency/listings/latest`: a range of the minute's coins, by rank.
struct ListingsPage {
    let market: MarketMinute
    /// Positions in the listing, from zero.
    let range: Range<Int>

    /// The spans of `percent_change_…`, in minutes.
    private static let spans: [(name: String, minutes: Int64)] = [
        ("1h", 60), ("24h", 1440), ("7d", 10_080), ("30d", 43_200), ("60d", 86_400), ("90d", 129_600),
    ]

    func body() -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(range.count * 1200 + 512)
        output += #"{"status":"#.utf8
        output += status.utf8
        output += #","data":["#.utf8
        for position in range {
            if position > range.lowerBound { output.append(UInt8(ascii: ",")) }
            appendCoin(at: position, to: &output)
        }
        output += "]}".utf8
        return output
    }

    private var status: String {
        // One credit for every 200 coins or part of them.
        let credits = max(1, (range.count + 199) / 200)
        return #"{"timestamp":"\#(market.minute.start.rfc3339)","error_code":0,"error_message":null,"elapsed":51,"#
            + #""credit_count":\#(credits),"notice":null,"total_count":\#(market.listing.count)}"#
    }

    private func appendCoin(at position: Int, to output: inout [UInt8]) {
        let index = market.listing[position]
        let coin = market.market.coins[index]
        let profile = coin.profile
        output += coin.head
        output += profile.isRanked ? (position + 1).description.utf8 : "null".utf8
        if profile.isVerified {
            output += #","self_reported_circulating_supply":null,"self_reported_market_cap":null"#.utf8
        } else {
            output += #","self_reported_circulating_supply":"#.utf8
            JSONNumber.append(profile.supply, to: &output)
            output += #","self_reported_market_cap":"#.utf8
            JSONNumber.append(market.prices[index] * profile.supply, to: &output)
        }
        output += #","tvl_ratio":null,"last_updated":"#.utf8
        appendTime(profile.age.instant(at: market.minute), to: &output)
        output += #","quote":{"USD":{"#.utf8
        if profile.quoted.isAbsent {
            appendAbsentQuote(of: profile, to: &output)
        } else {
            appendQuote(of: coin, price: market.prices[index], to: &output)
        }
        // The quote is a minute older than the coin's data.
        output += #","last_updated":"#.utf8
        appendTime(profile.age.instant(at: market.minute.advanced(byMinutes: -1)), to: &output)
        output += "}}}".utf8
    }

    private func appendAbsentQuote(of profile: CoinProfile, to output: inout [UInt8]) {
        if case .null = profile.quoted { output += #""price":null,"#.utf8 }
        output += #""volume_24h":null,"percent_change_24h":null,"market_cap":null"#.utf8
    }

    private func appendQuote(of coin: Coin, price: Double, to output: inout [UInt8]) {
        let minute = market.minute.number
        let volume = coin.volume(at: minute)
        output += #""price":"#.utf8
        if case .fixed(let json) = coin.profile.quoted {
            output += json.utf8
        } else {
            JSONNumber.append(price, to: &output)
        }
        output += #","volume_24h":"#.utf8
        JSONNumber.append(volume, to: &output)
        output += #","volume_change_24h":"#.utf8
        appendChange(from: coin.volume(at: minute - 1440), to: volume, places: 4, to: &output)
        for span in Self.spans {
            output += #","percent_change_"#.utf8
            output += span.name.utf8
            output += "\":".utf8
            appendChange(from: coin.price(at: minute - span.minutes), to: price, places: 8, to: &output)
        }
        appendCapitalisation(price * coin.profile.supply, isVerified: coin.profile.isVerified, to: &output)
    }

    private func appendCapitalisation(_ value: Double, isVerified: Bool, to output: inout [UInt8]) {
        output += #","market_cap":"#.utf8
        JSONNumber.append(isVerified ? value : 0, to: &output)
        output += #","market_cap_dominance":"#.utf8
        JSONNumber.append(isVerified ? 100 * value / market.capitalisation : 0, places: 4, to: &output)
        output += #","fully_diluted_market_cap":"#.utf8
        JSONNumber.append(value, places: 2, to: &output)
        output += #","tvl":null"#.utf8
    }

    private func appendChange(from old: Double, to new: Double, places: Int, to output: inout [UInt8]) {
        JSONNumber.append(100 * (new / old - 1), places: places, to: &output)
    }

    private func appendTime(_ instant: Timestamp?, to output: inout [UInt8]) {
        guard let instant else {
            output += "null".utf8
            return
        }
        output.append(UInt8(ascii: "\""))
        output += instant.rfc3339.utf8
        output.append(UInt8(ascii: "\""))
    }
}
