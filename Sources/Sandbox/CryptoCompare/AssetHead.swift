/// The members of an asset that are the same in every minute.
enum AssetHead {
    /// The JSON object up to the price.
    static func json(_ profile: AssetProfile, id: Int, supply: Int, using random: inout SplitMix64) -> [UInt8] {
        var text = ""
        appendIdentity(profile, id: id, using: &random, to: &text)
        appendSupply(supply, of: profile, to: &text)
        return Array(text.utf8)
    }

    /// `TOPLIST_BASE_RANK` without the rank by 24-hour volume, and without its closing brace.
    static func baseRanks(place: Int, using random: inout SplitMix64) -> [UInt8] {
        func near(_ place: Int) -> Int { max(1, place + Int.random(in: -place / 4...place / 4, using: &random)) }
        let text =
            #"{"CREATED_ON":\#(near(place)),"LAUNCH_DATE":\#(near(place)),"CIRCULATING_MKT_CAP_USD":\#(near(place)),"#
            + #""TOTAL_MKT_CAP_USD":\#(near(place)),"SPOT_MOVING_7_DAY_QUOTE_VOLUME_USD":\#(near(place)),"#
            + #""SPOT_MOVING_30_DAY_QUOTE_VOLUME_USD":\#(near(place))"#
        return Array(text.utf8)
    }

    private static func appendIdentity(
        _ profile: AssetProfile, id: Int, using random: inout SplitMix64, to text: inout String
    ) {
        let created = 1_659_708_643 + id * 1800
        let uri = Slug.text(profile.symbol, id: id)
        let launched = profile.hasLaunchDate ? "\(1_230_940_800 + id * 17_000)" : "null"
        let parent = profile.platform
        text += #"{"ID":\#(id),"TYPE":"162","ID_LEGACY":\#(1181 + id),"#
        text += #""ID_PARENT_ASSET":\#(parent.map { "\($0.id)" } ?? "null"),"#
        text += #""ID_ASSET_ISSUER":null,"SYMBOL":"\#(profile.symbol)","URI":"\#(uri)","#
        text += #""ASSET_TYPE":"\#(parent == nil ? "BLOCKCHAIN" : "TOKEN")","ASSET_ISSUER_NAME":null,"#
        text += #""PARENT_ASSET_SYMBOL":\#(parent.map { "\"\($0.symbol)\"" } ?? "null"),"CREATED_ON":\#(created),"#
        text += #""UPDATED_ON":\#(created + 7_776_000),"PUBLIC_NOTICE":null,"NAME":"\#(profile.name)","#
        text += #""LOGO_URL":"https://resources.cryptocompare.com/asset-management/\#(id)/\#(created).png","#
        text += #""LAUNCH_DATE":\#(launched),"PREVIOUS_ASSET_SYMBOLS":\#(profile.previousSymbols)"#
        if let alternatives = profile.alternatives { text += #","ASSET_ALTERNATIVE_IDS":\#(alternatives)"# }
        let venues = Int.random(in: 1...90, using: &random)
        text += #","ASSET_DESCRIPTION_SNIPPET":"\#(profile.name) is traded on \#(venues) venues that this index takes "#
        text += "its quotes from. Its supply and its volume are those that its issuer and the venues report, and are "
        text += #"not audited.","ASSET_DECIMAL_POINTS":\#(parent == nil ? 8 : 18)"#
    }

    private static func appendSupply(_ supply: Int, of profile: AssetProfile, to text: inout String) {
        text += #","SUPPLY_MAX":\#(profile.maxSupply),"SUPPLY_ISSUED":\#(supply),"SUPPLY_TOTAL":\#(supply),"#
        text += #""SUPPLY_CIRCULATING":\#(supply),"SUPPLY_FUTURE":0,"SUPPLY_LOCKED":0,"SUPPLY_BURNT":0,"#
        text += #""SUPPLY_STAKED":0,"#
        text += #""LAST_BLOCK_MINT":null,"LAST_BLOCK_BURN":null"#
    }
}
