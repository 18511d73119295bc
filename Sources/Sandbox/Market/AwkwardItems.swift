/// Unusual items of valid data, in fixed places: ids from 39001 up, unless a real coin is the example.
///
/// A join by CoinMarketCap's integer id must handle all of them without losing any other row. Case numbers identify the kinds: 16
/// to 18 are numbers, 20 and 21 references, 22 and 23 texts, 24 to 26 differences in who is listed, 28 times.
enum AwkwardItems {
    static let all = prices + numbers + references + claims + symbols + texts + gaps + ages

    /// Not listed by anybody: an id that assets may refer to in vain.
    static let unlistedID = 39900

    /// Case 16: missing and invalid prices.
    private static let prices: [AwkwardItem] = [
        .both(23, 39001, "NULLP", "Price is null", coin: { $0.quoted = .null }, asset: { $0.quoted = .null }),
        .both(26, 39002, "NOPRC", "Price is missing", coin: { $0.quoted = .missing }, asset: { $0.quoted = .missing }),
        .both(29, 39003, "ZEROP", "Price is zero", coin: { $0.quoted = .fixed("0") }),
        .both(32, 39004, "NEGP", "Price is negative", coin: { $0.quoted = .fixed("-1.5") }),
        .both(35, 39005, "TEXTP", "Price is the text NaN", coin: { $0.quoted = .fixed(#""NaN""#) }),
    ]

    /// Cases 17 and 18: numbers at the limits of what readers accept.
    private static let numbers: [AwkwardItem] = [
        .both(38, 39006, "NANO", "Small exponent", price: 1.2e-9, coin: { $0.quoted = .fixed("1.2e-9") }),
        .both(41, 39007, "MEGA", "Large exponent", price: 3.1477979e7, coin: { $0.quoted = .fixed("3.1477979E7") }),
        .both(44, 39008, "PICO", "Twelve zeros", price: 1e-12, coin: { $0.quoted = .fixed("0.000000000001") }),
        .both(
            47, 39009, "DIGITS", "Seventeen digits", price: 0.12345678901234568,
            coin: { $0.quoted = .fixed("0.12345678901234568") }),
        .both(
            50, 39010, "DEAR", "Sixteen digits, eleven before the point", price: 98_765_432_109.87654,
            coin: { $0.quoted = .fixed("98765432109.87654") }),
        .both(53, 39011, "FIVE", "Whole price", price: 5, coin: { $0.quoted = .fixed("5") }),
        .both(
            56, 39012, "HUGE", "Supply beyond 64 bits", coin: { $0.maxSupply = "420690000000000000000000" },
            asset: { $0.maxSupply = "833921654247199700000" }),
    ]

    /// Case 20: references to a coin: valid ones, then invalid ones.
    private static let references: [AwkwardItem] = [
        .referring(59, 39013, "REFNUL", as: #"[null,{"NAME":"CMC","ID":"39013"}]"#),
        .referring(62, 39014, "REFINT", as: #"[{"NAME":"CMC","ID":39014}]"#),
        .referring(65, 39015, "REFSPC", as: #"[{"NAME":"CMC","ID":" 39015 "}]"#),
        .referring(68, 39016, "REFPAD", as: #"[{"NAME":"CMC","ID":"0039016"}]"#),
        .referring(71, 39017, "REFDEC", as: #"[{"NAME":"CMC","ID":"39017.0"}]"#),
        .ranked(74, "REFNONE", "Alternative ids missing", as: nil),
        .ranked(77, "REFNIL", "Alternative ids null", as: "null"),
        .ranked(80, "REFEMPTY", "Alternative ids empty", as: "[]"),
        .ranked(83, "REFWORD", "Alternative id is a word", as: #"[{"NAME":"CMC","ID":"bitcoin-cash-2"}]"#),
        .ranked(86, "REFIDNIL", "Alternative id is null", as: #"[{"NAME":"CMC","ID":null}]"#),
        .ranked(89, "REFIDNO", "Alternative id without ID", as: #"[{"NAME":"CMC"}]"#),
        .ranked(92, "REFBLANK", "Alternative id is empty", as: #"[{"NAME":"CMC","ID":""}]"#),
        .ranked(95, "REFLONG", "Alternative id beyond 64 bits", as: #"[{"NAME":"CMC","ID":"99999999999999999999"}]"#),
        .ranked(
            98, "REFOTHER", "Other catalogues only", as: #"[{"NAME":"CG","ID":"other"},{"NAME":"DTI","ID":"39018"}]"#),
    ]

    /// Case 21: several references for one coin or asset.
    private static let claims: [AwkwardItem] = [
        .referring(101, 39019, "TWICE", as: #"[{"NAME":"CMC","ID":"39019"},{"NAME":"CMC","ID":39019}]"#),
        .referring(104, 39020, "TWOIDS", as: #"[{"NAME":"CMC","ID":"39020"},{"NAME":"CMC","ID":"39021"}]"#),
        .priced(107, 39021, "TWOIDS", "Second id of one asset"),
        .referring(110, 39022, "CLAIM", as: #"[{"NAME":"CMC","ID":"39022"}]"#),
        .ranked(220, "CLAIM2", "Second claimant of 39022", as: #"[{"NAME":"CMC","ID":"39022"}]"#),
        .ranked(
            113, "BTC2", #"Second claimant, \"id 1\""#, as: #"[{"NAME":"CG","ID":"btc-2"},{"NAME":"CMC","ID":"1"}]"#),
    ]

    /// Case 22: symbols that differ, are repeated, or look like something else.
    private static let symbols: [AwkwardItem] = [
        .renamed(116, 1720, coin: "IOTA", asset: "MIOTA", "IOTA", price: 0.141),
        .renamed(119, 8085, coin: "STETH", asset: "stETH", "Lido Staked ETH", price: 3118),
        .renamed(122, 39023, coin: "TNCC", asset: "TNCC*", "TNC Coin"),
        .both(125, 39024, "1", "just buy $1 worth of this coin"),
        .both(128, 39025, "NaN", "Not a Number"),
        .both(131, 39026, "null", "Null"),
        .both(134, 39027, "true", "True"),
        .both(137, 29991, "ETH", "Ether Two"),
        .both(140, 33661, "ETH", "Ether Three"),
        .both(
            143, 28321, "POL", "POL (ex-MATIC)", coin: { $0.platform = .ethereum },
            asset: { $0.previousSymbols = #"["MATIC"]"# }),
    ]

    /// Case 23: text that is hard to print, to quote or to trust.
    ///
    /// The half of a surrogate pair is the low one: popular parsers reject the whole page for a lone high one.
    private static let texts: [AwkwardItem] = [
        .both(146, 39028, "币安人生", "币安人生"),
        .both(149, 39029, #"$A,\"B\""#, #"Comma, \"quotes\" & Sons"#),
        .both(152, 39030, #"=HYPERLINK(\"http://127.0.0.1/\",\"x\")"#, #"=HYPERLINK(\"x\"), Inc."#),
        .both(155, 39031, "+UP", "+1+1"),
        .both(158, 39032, "-DOWN", "-2-3"),
        .both(161, 39033, "@AT", "@SUM(1,2)"),
        .both(164, 39034, #"TWO\nLINES"#, #"Two\r\nlines\tand a tab"#),
        .both(167, 39035, #"\u202eLTR\u200f"#, "Right-to-left \u{05E9}\u{05DC}\u{05D5}\u{05DD}"),
        .both(170, 39036, #"\ud83d\ude80"#, "A rocket 🚀 in two escapes"),
        .both(173, 39037, #"\udc00HALF"#, #"Half a pair \udc00"#),
        .both(176, 39038, #"B\\S\/"#, #"Backslash \\ and slash \/"#),
        .both(179, 39039, #"\u001b[31mRED"#, #"Escape \u001b[0m sequence"#),
    ]

    /// Cases 24 to 26: items of one provider only, a token between well-known coins, and missing ranks.
    private static let gaps: [AwkwardItem] = [
        .ranked(182, "NOTLISTED", "Refers to an unlisted coin", as: #"[{"NAME":"CMC","ID":"39900"}]"#),
        .priced(185, 39040, "NOTRANKED", "Listed only"),
        .both(
            188, 39041, "TOKEN", "Platform id as text",
            coin: {
                $0.platform = .ethereum
                $0.platformIDIsText = true
            }, asset: { $0.platform = .ethereum }),
        .both(
            191, 39042, "NORANK", "Rank is null",
            coin: {
                $0.isRanked = false
                $0.hasTags = false
            }),
        .both(194, 39043, "NOBASE", "Base rank is missing", asset: { $0.hasBaseRank = false }),
        .both(197, 39044, "NOLAUNCH", "Launch date is null", asset: { $0.hasLaunchDate = false }),
    ]

    /// Case 28: quotes with another time than the reply.
    private static let ages: [AwkwardItem] = [
        .both(200, 39045, "NOAGE", "Quote has no time", coin: { $0.age = .unknown }, asset: { $0.age = .unknown }),
        .both(203, 39046, "STALE", "Quote is weeks old", coin: { $0.age = .weeks }, asset: { $0.age = .weeks }),
        .both(206, 39047, "FUTURE", "Quote is an hour ahead", coin: { $0.age = .future }, asset: { $0.age = .future }),
    ]
}
