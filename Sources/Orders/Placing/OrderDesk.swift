import Basics
package import Redis
package import Tape

/// Places orders in the ledger.
package struct OrderDesk: Sendable {
    package enum Placement: Equatable, Sendable {
        case order(BuyOrder, isReplay: Bool)
        /// Any outcome but `new` and `seen`; and what was offered, if anything.
        case refused(OrderOutcome, Offer?)
        /// It stands in the ledger, but not as safely as was asked for; why, in words.
        case unsafe(String)
    }

    private let redis: RedisClient
    private let keys: TapeKeys
    private let acknowledgement: Acknowledgement
    private let maxRateAge: Duration
    package let horizon: LedgerHorizon
    private let clock: TapeClock

    package init(
        redis: RedisClient, keys: TapeKeys, acknowledgement: Acknowledgement, maxRateAge: Duration,
        horizon: LedgerHorizon, clock: TapeClock
    ) {
        self.redis = redis
        self.keys = keys
        self.acknowledgement = acknowledgement
        self.maxRateAge = maxRateAge
        self.horizon = horizon
        self.clock = clock
    }

    /// Takes the order, or finds it; without rates, and before the horizon is known, it only looks.
    ///
    /// After an error with the code `timeout` or `connectionLost` the order may stand or not: asking again tells.
    package func place(_ request: OrderRequest, rates: BTCRates?) async throws(RedisError) -> Placement {
        let offer = horizon.isKnown ? rates.flatMap { self.offer(for: request, at: $0) } : nil
        let (tail, now) = (OrderTail.random(), clock.now)
        let second = acknowledgement.command
        let call = OrderScript(
            request, offer: offer, tail: tail, now: now, known: horizon.newest, rewrites: second != nil, keys: keys)
        let reply: RedisReply
        var confirmation: RedisReply?
        if let second {
            let timeout = acknowledgement.timeout + .seconds(2)
            (reply, confirmation) = try await redis.evaluate(
                OrderScript.script, keys: call.keys, arguments: call.arguments, then: second, timeout: timeout)
        } else {
            reply = try await redis.evaluate(OrderScript.script, keys: call.keys, arguments: call.arguments)
        }
        let outcome = try OrderOutcome(reply, tail: tail)
        guard let (order, isReplay) = Self.order(outcome, request, offer, now) else { return .refused(outcome, offer) }
        if let confirmation, let shortfall = acknowledgement.shortfall(confirmation) { return .unsafe(shortfall) }
        horizon.note(LedgerMark(id: order.id.entry, tail: order.id.tail))
        return .order(order, isReplay: isReplay)
    }

    private func offer(for request: OrderRequest, at rates: BTCRates) -> Offer? {
        Offer(for: request, at: rates, maxAge: maxRateAge, clock: clock)
    }

    private static func order(
        _ outcome: OrderOutcome, _ request: OrderRequest, _ offer: Offer?, _ now: Timestamp
    ) -> (BuyOrder, isReplay: Bool)? {
        switch outcome {
        case .seen(let order): return (order, true)
        case .new(let mark):
            guard let offer, let id = OrderID(mark.id, tail: mark.tail) else { return nil }
            let order = BuyOrder(
                id: id, createdAt: now.rfc3339, currency: request.currency, amount: request.amount, rate: offer.rate,
                rateMinute: offer.rateMinute, satoshi: offer.satoshi)
            return (order, false)
        default: return nil
        }
    }
}
