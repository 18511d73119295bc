import Testing

@testable import Sandbox

struct TopListTests {
    @Test func `the pages hold every asset once`() throws {
        let ids = try SandboxPages().assets().compactMap { $0["ID"] as? Int }
        #expect(ids.count == SandboxPages.market.assets.count)
        #expect(Set(ids).count == ids.count)
    }

    @Test func `stats tell the total and the page`() throws {
        let stats = try SandboxPages().toplist(["page": "2", "page_size": "50"]).object().object("Data").object("STATS")
        #expect(stats["PAGE"] as? Int == 2)
        #expect(stats["PAGE_SIZE"] as? Int == 50)
        #expect(stats["TOTAL_ASSETS"] as? Int == 3400)
    }

    @Test(arguments: [("1", 10), ("9", 10), ("37", 37), ("100", 100), ("5000", 100), ("-3", 10)])
    func `a page size out of range is brought into it`(asked: String, applied: Int) throws {
        let data = try SandboxPages().toplist(["page_size": asked]).object().object("Data")
        #expect(try data.object("STATS")["PAGE_SIZE"] as? Int == applied)
        #expect(try data.list("LIST").count == applied)
    }

    @Test func `a page beyond the end is empty`() throws {
        let answer = try SandboxPages().toplist(["page": "35"])
        #expect(answer.status == 200)
        #expect(try answer.object().object("Data").list("LIST").isEmpty)
        #expect(try answer.object().object("Err").isEmpty)
    }

    @Test func `volumes fall, and rise when asked to`() throws {
        let pages = try SandboxPages()
        func volumes(_ direction: String) throws -> [Double] {
            try pages.toplist(["sort_direction": direction]).object().object("Data").list("LIST")
                .compactMap { $0["SPOT_MOVING_24_HOUR_QUOTE_VOLUME_USD"] as? Double }
        }
        let falling = try volumes("DESC")
        let rising = try volumes("ASC")
        #expect(falling.count == 100 && falling == falling.sorted(by: >))
        #expect(rising.count == 100 && rising == rising.sorted())
    }

    @Test func `a page is as large as the provider's`() throws {
        let size = try SandboxPages().toplist(["page": "2"]).body.count
        #expect((200_000...350_000).contains(size))
    }

    @Test func `an asset has every member of the format`() throws {
        let assets = try SandboxPages().toplist().object().object("Data").list("LIST")
        let bitcoin = try #require(assets.first { $0.symbol == "BTC" })
        #expect(
            Set(bitcoin.keys) == [
                "ID", "TYPE", "ID_LEGACY", "ID_PARENT_ASSET", "ID_ASSET_ISSUER", "SYMBOL", "URI", "ASSET_TYPE",
                "ASSET_ISSUER_NAME", "PARENT_ASSET_SYMBOL", "CREATED_ON", "UPDATED_ON", "PUBLIC_NOTICE", "NAME",
                "LOGO_URL", "LAUNCH_DATE", "PREVIOUS_ASSET_SYMBOLS", "ASSET_ALTERNATIVE_IDS",
                "ASSET_DESCRIPTION_SNIPPET", "ASSET_DECIMAL_POINTS", "SUPPLY_MAX", "SUPPLY_ISSUED", "SUPPLY_TOTAL",
                "SUPPLY_CIRCULATING", "SUPPLY_FUTURE", "SUPPLY_LOCKED", "SUPPLY_BURNT", "SUPPLY_STAKED",
                "LAST_BLOCK_MINT", "LAST_BLOCK_BURN", "PRICE_USD", "PRICE_USD_SOURCE", "PRICE_USD_LAST_UPDATE_TS",
                "PRICE_CONVERSION_ASSET", "PRICE_CONVERSION_RATE", "PRICE_CONVERSION_VALUE",
                "PRICE_CONVERSION_SOURCE", "PRICE_CONVERSION_LAST_UPDATE_TS", "MKT_CAP_PENALTY",
                "CIRCULATING_MKT_CAP_USD", "TOTAL_MKT_CAP_USD", "CIRCULATING_MKT_CAP_CONVERSION",
                "TOTAL_MKT_CAP_CONVERSION", "SPOT_MOVING_24_HOUR_QUOTE_VOLUME_TOP_TIER_DIRECT_USD",
                "SPOT_MOVING_24_HOUR_QUOTE_VOLUME_DIRECT_USD", "SPOT_MOVING_24_HOUR_QUOTE_VOLUME_TOP_TIER_USD",
                "SPOT_MOVING_24_HOUR_QUOTE_VOLUME_USD", "SPOT_MOVING_24_HOUR_QUOTE_VOLUME_TOP_TIER_CONVERSION",
                "SPOT_MOVING_24_HOUR_QUOTE_VOLUME_CONVERSION", "SPOT_MOVING_7_DAY_QUOTE_VOLUME_USD",
                "SPOT_MOVING_30_DAY_QUOTE_VOLUME_USD", "SPOT_MOVING_24_HOUR_CHANGE_USD",
                "SPOT_MOVING_24_HOUR_CHANGE_PERCENTAGE_USD", "TOPLIST_BASE_RANK",
            ])
        #expect(bitcoin["ID"] as? Int == 1)
        #expect(try bitcoin.object("TOPLIST_BASE_RANK")[CryptoCompare.sort] as? Int == 2)
        #expect(try bitcoin.list("ASSET_ALTERNATIVE_IDS").first?["ID"] as? String == "1")
    }

    @Test func `most assets refer to a listed coin, some to none and some to delisted ones`() throws {
        let pages = try SandboxPages()
        let listed = Set(try pages.coins().compactMap(\.id))
        let references = try pages.assets().map { asset in
            let alternatives = asset["ASSET_ALTERNATIVE_IDS"] as? [Any] ?? []
            let entry = alternatives.lazy.compactMap { $0 as? [String: Any] }.first { $0["NAME"] as? String == "CMC" }
            return (entry?["ID"] as? String).flatMap(Int.init)
        }
        let found = references.compactMap(\.self)
        #expect(found.count { listed.contains($0) } > 2500)
        #expect(found.count { !listed.contains($0) } > 100)
        #expect(references.count { $0 == nil } > 300)
    }

    @Test(arguments: [
        ["page": "0"], ["page": "1001"], ["page": "x"], ["page_size": "x"], ["sort_by": "SYMBOL"],
        ["sort_direction": "desc"],
    ])
    func `a bad parameter is refused by name`(parameters: [String: String]) throws {
        let answer = try SandboxPages().toplist(parameters)
        let refusal = try answer.object().object("Err")
        #expect(answer.status == 400)
        #expect(try answer.object().object("Data").isEmpty)
        #expect(try refusal.object("other_info")["param"] as? String == parameters.keys.first)
    }

    @Test(arguments: [
        ["authorization": "Apikey sandbox-key"], ["authorization": "Bearer sandbox-key"], ["x-api-key": "sandbox-key"],
    ])
    func `the key is taken from any of its places`(headers: [String: String]) throws {
        #expect(try SandboxPages().toplist(headers: headers).status == 200)
    }

    @Test func `the key is asked for`() throws {
        let pages = try SandboxPages()
        #expect(pages.toplist(["api_key": "sandbox-key"], headers: [:]).status == 200)
        for refused in [
            pages.toplist(headers: [:]), pages.toplist(["api_key": "other"], headers: [:]),
            pages.toplist(headers: ["authorization": "Apikey other"]),
        ] {
            #expect(refused.status == 401)
            #expect(try refused.object().object("Data").isEmpty)
            #expect(try refused.object().object("Err")["message"] is String)
        }
    }
}
