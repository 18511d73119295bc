/// What can go wrong at a provider: each fault was seen on a real one, or is typical of proxies.
enum Fault: String, CaseIterable, Sendable {
    // Refusals.
    case rateLimited = "rate-limited"
    case retryAfter = "retry-after"
    case retryAfterDate = "retry-after-date"
    case retryAfterAbsurd = "retry-after-absurd"
    case retryAfterMalformed = "retry-after-malformed"
    case lastCall = "last-call"
    case dayLimit = "day-limit"
    case monthLimit = "month-limit"
    case addressLimit = "ip-limit"
    case badKey = "bad-key"
    case emptyUnauthorized = "empty-401"
    case planRefused = "plan-403"
    case unknownCode = "unknown-code"
    case errorOnOK = "error-200"
    // Servers, and proxies in front of them.
    case serverError = "http-500"
    case badGateway = "http-502"
    case maintenance = "html-503"
    case challenge = "html-200"
    case redirect
    // The bytes.
    case emptyBody = "empty-body"
    case cutBody = "cut-body"
    case cutGzip = "cut-gzip"
    case gzipBomb = "gzip-bomb"
    case drip
    case hang
    // The content of the body.
    case wrongType = "wrong-type"
    case nullList = "null-list"
    case emptyList = "empty-list"
    case shrunkList = "shrunk-list"
    case clampedPages = "clamped-pages"
    case movingPages = "moving-pages"
    case duplicates
    case missingIDs = "missing-ids"
    case notANumber = "not-a-number"
    case otherBase = "other-base"
    // The age of the body.
    case repeated
    case older

    var summary: String {
        switch self {
        case .rateLimited: "429: the limit per minute, without Retry-After"
        case .retryAfter: "429 with Retry-After in seconds"
        case .retryAfterDate: "429 with Retry-After as a date"
        case .retryAfterAbsurd: "429 with a Retry-After of three years"
        case .retryAfterMalformed: "429 with a Retry-After that says nothing"
        case .lastCall: "200, and headers that say it was the last call for a while"
        case .dayLimit: "429: the limit per day"
        case .monthLimit: "429: the limit per month"
        case .addressLimit: "429: the limit of the address"
        case .badKey: "401: the key is not known"
        case .emptyUnauthorized: "401 without a body"
        case .planRefused: "403: not in the plan"
        case .unknownCode: "400 with an error code that is in no table"
        case .errorOnOK: "200 with the body of an error"
        case .serverError: "500 with the body of an error"
        case .badGateway: "502 in plain text"
        case .maintenance: "503 in HTML"
        case .challenge: "200 with a page that asks whether one is a human"
        case .redirect: "302 to another host"
        case .emptyBody: "200 without a body"
        case .cutBody: "the connection ends in the middle of the body"
        case .cutGzip: "a truncated gzip body with a matching Content-Length"
        case .gzipBomb: "a small gzip body that is 200 MB of spaces"
        case .drip: "a byte a second"
        case .hang: "no answer"
        case .wrongType: "an object in place of the list, or the reverse"
        case .nullList: "null where the list should be"
        case .emptyList: "no items, and a total of none"
        case .shrunkList: "a third of the items, and the total of that"
        case .clampedPages: "pages of half the size that was asked for"
        case .movingPages: "every other page from seven minutes ago"
        case .duplicates: "every tenth item repeats the one before"
        case .missingIDs: "items without their CoinMarketCap id"
        case .notANumber: "NaN, Infinity, 1e999 and the text NaN for prices"
        case .otherBase: "the rates of another base currency"
        case .repeated: "what was sent a minute ago"
        case .older: "what was sent two minutes ago"
        }
    }

    /// Whether the provider has what the fault affects: pages, ids, a base currency.
    func applies(to provider: Provider) -> Bool {
        switch self {
        case .shrunkList, .duplicates, .missingIDs: provider != .coinbase
        case .clampedPages, .movingPages: [.coinmarketcap, .cryptocompare, .coingecko].contains(provider)
        case .notANumber: provider != .cryptocompare
        case .otherBase: provider == .coinbase
        default: true
        }
    }
}
