/// What `up` prints once there is a list: lines to try.
struct Banner {
    let mode: UpMode
    let apiPort: Int
    /// The options that make redis-cli find the same Redis.
    let redisOptions: String
    /// Whether there is a list of two minutes ago.
    let hasPast: Bool

    var text: String {
        let data =
            mode == .sandbox
            ? "sandbox data; for real data set COINMARKETCAP_API_KEY and CRYPTOCOMPARE_API_KEY" : "real data"
        let past = hasPast ? "\n  curl 'localhost:\(apiPort)?limit=3&datetime=-2m'" : ""
        return """

            cointape is up (\(data)). Try:

              curl 'localhost:\(apiPort)?limit=3'
              curl 'localhost:\(apiPort)?limit=3&format=CSV'\(past)
              curl -X PUT localhost:\(apiPort)/buy_order -H 'Content-Type: application/json' \
            -d '{"currency":"USD","amount":"100","idempotence_key":"1"}'
              curl 'localhost:\(apiPort)/buy_orders'
              redis-cli\(redisOptions) XREVRANGE toplist + - COUNT 1
              redis-cli\(redisOptions) XLEN price

            Ctrl-C ends it.

            """
    }
}
