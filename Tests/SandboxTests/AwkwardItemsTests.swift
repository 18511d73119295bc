import Testing

@testable import Sandbox

struct AwkwardItemsTests {
    /// At full size, once for all tests.
    private static let listings = Result {
        let pages = try SandboxPages()
        return pages.listings(["limit": "5000"]).text + pages.listings(["start": "5001", "limit": "5000"]).text
    }
    private static let toplist = Result { try SandboxPages().toplistText() }

    @Test func `no place and no id is given twice`() {
        let places = AwkwardItems.all.map(\.place)
        let ids = AwkwardItems.all.compactMap { $0.coin?.id } + KnownCoins.rows.map(\.id)
        #expect(Set(places).count == places.count)
        #expect(Set(ids).count == ids.count)
        #expect(places.allSatisfy { (20...300).contains($0) })
    }

    @Test func `all are listed and ranked near their places`() throws {
        let pages = try SandboxPages()
        let listed = Set(SandboxPages.market.coins.map(\.id))
        let ranked = Set(pages.state.toplist.prefix(300).map { SandboxPages.market.assets[$0].profile.symbol })
        for item in AwkwardItems.all {
            #expect(item.coin.map { listed.contains($0.id) } != false)
            #expect(item.asset.map { ranked.contains($0.symbol) } != false)
        }
    }

    @Test(arguments: [
        #""price":0,"volume_24h""#, #""price":-1.5,"#, #""price":"NaN","#, #""price":null,"#, #""price":1.2e-9,"#,
        #""price":3.1477979E7,"#, #""price":0.000000000001,"#, #""price":0.12345678901234568,"#,
        #""price":98765432109.87654,"#, #""price":5,"#, #""max_supply":420690000000000000000000,"#,
        #""symbol":"IOTA""#, #""symbol":"TNCC""#, #""cmc_rank":null"#, #""tags":null"#, #""platform":{"id":"1027""#,
        #""last_updated":null"#, #""last_updated":"2026-10-03T"#, #""last_updated":"2026-11-21T10:0"#,
        #""USD":{"volume_24h":null"#, #""symbol":"\udc00HALF""#,
    ])
    func `CoinMarketCap's are sent as they are written`(json: String) throws {
        #expect(try Self.listings.get().contains(json))
    }

    @Test(arguments: [
        #""PRICE_USD":null"#, #""SUPPLY_MAX":833921654247199700000,"#, #""ASSET_ALTERNATIVE_IDS":null"#,
        #""ASSET_ALTERNATIVE_IDS":[],"#, #"[null,{"NAME":"CMC","ID":"39013"}]"#, #""ID":39014}"#, #""ID":" 39015 "}"#,
        #""ID":"0039016"}"#, #""ID":"39017.0"}"#, #""ID":null}"#, #"{"NAME":"CMC"}"#, #""ID":"99999999999999999999"}"#,
        #"{"NAME":"CMC","ID":"39020"},{"NAME":"CMC","ID":"39021"}"#, #""SYMBOL":"MIOTA""#, #""SYMBOL":"stETH""#,
        #""SYMBOL":"TNCC*""#, #""SYMBOL":"1""#, #""SYMBOL":"NaN""#, #""SYMBOL":"null""#, #""SYMBOL":"true""#,
        #""SYMBOL":"币安人生""#, #""SYMBOL":"$A,\"B\"""#, #""SYMBOL":"=HYPERLINK("#, #""SYMBOL":"+UP""#,
        #""SYMBOL":"-DOWN""#, #""SYMBOL":"@AT""#, #""SYMBOL":"TWO\nLINES""#, #""SYMBOL":"\u202eLTR\u200f""#,
        #""SYMBOL":"\ud83d\ude80""#, #""SYMBOL":"\udc00HALF""#, #""PREVIOUS_ASSET_SYMBOLS":["MATIC"]"#,
        #""LAUNCH_DATE":null"#, #""PRICE_USD_LAST_UPDATE_TS":null"#, #""ASSET_TYPE":"TOKEN""#,
    ])
    func `CryptoCompare's are sent as they are written`(json: String) throws {
        #expect(try Self.toplist.get().contains(json))
    }

    @Test func `three coins are called ETH`() throws {
        let ids = try SandboxPages().coins().filter { $0.symbol == "ETH" }.compactMap(\.id)
        #expect(Set(ids).isSuperset(of: [1027, 29991, 33661]))
    }

    @Test func `two assets claim one coin`() throws {
        let text = try SandboxPages().toplistText()
        #expect(text.split(separator: #"{"NAME":"CMC","ID":"39022"}"#).count == 3)
        #expect(text.split(separator: #"{"NAME":"CMC","ID":"1"}"#).count == 3)
    }

    @Test func `members are missing where they should be`() throws {
        let assets = try SandboxPages().assets()
        #expect(assets.first { $0.symbol == "NOBASE" }?["TOPLIST_BASE_RANK"] == nil)
        #expect(assets.first { $0.symbol == "REFNONE" }?.keys.contains("ASSET_ALTERNATIVE_IDS") == false)
        #expect(assets.first { $0.symbol == "NOPRC" }?.keys.contains("PRICE_USD") == false)
        let coin = try #require(try SandboxPages().coins().first { $0.id == 39002 })
        #expect(try coin.usd().keys.contains("price") == false)
    }

    @Test func `one is listed only, one is ranked only`() throws {
        let pages = try SandboxPages()
        #expect(try pages.coins().contains { $0.id == 39040 })
        #expect(!pages.toplistText().contains("39040"))
        #expect(try !pages.coins().contains { $0.id == AwkwardItems.unlistedID })
        #expect(pages.toplistText().contains(#"{"NAME":"CMC","ID":"39900"}"#))
    }

    @Test func `stablecoins and tokens are in both feeds`() throws {
        let pages = try SandboxPages()
        let tether = try #require(try pages.coins().first { $0.id == 825 })
        #expect(try tether.object("platform")["id"] as? Int == 1027)
        #expect(try pages.assets().first { $0.symbol == "USDT" }?["ASSET_TYPE"] as? String == "TOKEN")
    }
}
