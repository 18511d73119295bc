import Basics

/// The body of `/asset/v1/top/list`: a page of the minute's assets, by trading volume.
struct TopListPage {
    let market: MarketMinute
    /// From one.
    let page: Int
    let size: Int
    let isAscending: Bool

    func body() -> [UInt8] {
        let total = market.toplist.count
        let first = min((page - 1) * size, total)
        var output: [UInt8] = []
        output.reserveCapacity(size * 3500 + 512)
        output += #"{"Data":{"STATS":{"PAGE":\#(page),"PAGE_SIZE":\#(size),"TOTAL_ASSETS":\#(total)},"LIST":["#.utf8
        for position in first..<min(first + size, total) {
            if position > first { output.append(UInt8(ascii: ",")) }
            appendAsset(rank: isAscending ? total - position : position + 1, to: &output)
        }
        output += #"]},"Err":{}}"#.utf8
        return output
    }

    private func appendAsset(rank: Int, to output: inout [UInt8]) {
        let index = market.toplist[rank - 1]
        let asset = market.market.assets[index]
        let price = asset.price(at: market.minute.number, following: asset.coin.map { market.prices[$0] })
        output += asset.head
        appendPrice(price, of: asset, to: &output)
        appendCapitalisation(price, of: asset, to: &output)
        appendVolumes(market.volumes[index], to: &output)
        appendChange(of: asset, price: price, to: &output)
        if asset.profile.hasBaseRank {
            output += #","TOPLIST_BASE_RANK":"#.utf8
            output += asset.baseRanks
            output += #","SPOT_MOVING_24_HOUR_QUOTE_VOLUME_USD":\#(rank)}"#.utf8
        }
        output.append(UInt8(ascii: "}"))
    }

    private func appendPrice(_ price: Double, of asset: Asset, to output: inout [UInt8]) {
        let isAbsent = asset.profile.quoted.isAbsent
        let updated = asset.profile.age.instant(at: market.minute).map { "\($0.milliseconds / 1000)" } ?? "null"
        switch asset.profile.quoted {
        case .market: append("PRICE_USD", price, to: &output)
        case .fixed(let json): output += #","PRICE_USD":\#(json)"#.utf8
        case .null: output += #","PRICE_USD":null"#.utf8
        case .missing: break
        }
        output += (isAbsent ? #","PRICE_USD_SOURCE":null"# : #","PRICE_USD_SOURCE":"cadli""#).utf8
        output += #","PRICE_USD_LAST_UPDATE_TS":\#(updated),"#.utf8
        output += #""PRICE_CONVERSION_ASSET":{"ID":5,"SYMBOL":"USD","ASSET_TYPE":"FIAT"},"#.utf8
        output += #""PRICE_CONVERSION_RATE":1"#.utf8
        append("PRICE_CONVERSION_VALUE", isAbsent ? nil : price, to: &output)
        output += #","PRICE_CONVERSION_SOURCE":"cadli","PRICE_CONVERSION_LAST_UPDATE_TS":\#(updated)"#.utf8
    }

    private func appendCapitalisation(_ price: Double, of asset: Asset, to output: inout [UInt8]) {
        let value = asset.profile.quoted.isAbsent ? nil : price * Double(asset.supply)
        output += #","MKT_CAP_PENALTY":0"#.utf8
        append("CIRCULATING_MKT_CAP_USD", value, to: &output)
        append("TOTAL_MKT_CAP_USD", value, to: &output)
        // Converted numbers have fewer digits.
        let converted = value.map { JSONNumber.rounded($0, places: 2) }
        append("CIRCULATING_MKT_CAP_CONVERSION", converted, to: &output)
        append("TOTAL_MKT_CAP_CONVERSION", converted, to: &output)
    }

    private func appendVolumes(_ volume: Double, to output: inout [UInt8]) {
        let topTier = volume * 0.59
        append("SPOT_MOVING_24_HOUR_QUOTE_VOLUME_TOP_TIER_DIRECT_USD", volume * 0.117, to: &output)
        append("SPOT_MOVING_24_HOUR_QUOTE_VOLUME_DIRECT_USD", volume * 0.136, to: &output)
        append("SPOT_MOVING_24_HOUR_QUOTE_VOLUME_TOP_TIER_USD", topTier, to: &output)
        append("SPOT_MOVING_24_HOUR_QUOTE_VOLUME_USD", volume, to: &output)
        append("SPOT_MOVING_24_HOUR_QUOTE_VOLUME_TOP_TIER_CONVERSION", topTier, to: &output)
        append("SPOT_MOVING_24_HOUR_QUOTE_VOLUME_CONVERSION", volume, to: &output)
        append("SPOT_MOVING_7_DAY_QUOTE_VOLUME_USD", volume * 6.4, to: &output)
        append("SPOT_MOVING_30_DAY_QUOTE_VOLUME_USD", volume * 27.3, to: &output)
    }

    private func appendChange(of asset: Asset, price: Double, to output: inout [UInt8]) {
        let yesterday = market.minute.number - 1440
        let coin = asset.coin.map { market.market.coins[$0].price(at: yesterday) }
        let old = asset.price(at: yesterday, following: coin)
        let isAbsent = asset.profile.quoted.isAbsent
        append("SPOT_MOVING_24_HOUR_CHANGE_USD", isAbsent ? nil : price - old, to: &output)
        append("SPOT_MOVING_24_HOUR_CHANGE_PERCENTAGE_USD", isAbsent ? nil : 100 * (price / old - 1), to: &output)
    }

    private func append(_ name: String, _ value: Double?, to output: inout [UInt8]) {
        output += ",\"".utf8
        output += name.utf8
        output += "\":".utf8
        if let value {
            JSONNumber.append(value, to: &output)
        } else {
            output += "null".utf8
        }
    }
}
