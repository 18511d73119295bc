import Basics
package import Redis
package import Tape

/// Places orders in the ledger.
package struct OrderPlacer: Sendable {
    /// The result of `place`: only an `order` may be acknowledged.
    package enum Placement: Equatable, Sendable {
        /// The order is in the ledger, as safely as required; a replay was placed by an earlier request.
        case order(BuyOrder, isReplay: Bool)
        /// Any outcome but `new` and `seen`, with the offer if there was one.
        case refused(OrderOutcome, Offer?)
        /// The order is in the ledger, but not as safely as required, or that is unknown; says why, in words.
        case unsafe(String)
        /// Nothing was placed, because this server cannot make an order as safe as required; says why, in words.
        case unconfirmable(String)
    }

    private let redis: RedisClient
    private let keys: TapeKeys
    private let confirmation: LedgerConfirmation?
    private let maxRateAge: Duration
    /// Knows which entry must exist when an order is placed, and records each acknowledged order.
    package let expectedEntries: ExpectedEntries
    private let clock: TapeClock

    /// With a `confirmation`, no order is acknowledged while that reports a shortfall.
    package init(
        redis: RedisClient, keys: TapeKeys, confirmation: LedgerConfirmation?, maxRateAge: Duration,
        expectedEntries: ExpectedEntries, clock: TapeClock
    ) {
        self.redis = redis
        self.keys = keys
        self.confirmation = confirmation
        self.maxRateAge = maxRateAge
        self.expectedEntries = expectedEntries
        self.clock = clock
    }

    /// Places the order, or finds it; without rates, and before the expected entries are known, it only looks it up.
    ///
    /// After an error with the code `timeout` or `connectionLost`, the order may or may not have been placed; asking again shows
    /// which.
    package func place(_ request: OrderRequest, rates: BTCRates?) async throws(RedisError) -> Placement {
        let obstacle = try await confirmation?.obstacle()
        let offer =
            expectedEntries.isKnown && obstacle == nil ? rates.flatMap { self.offer(for: request, at: $0) } : nil
        let (tail, now) = (OrderTail.random(), clock.now)
        let connection = redis.connections
        let expected = expectedEntries.expected
        let call = OrderScript(
            request, offer: offer, tail: tail, now: now, known: expected,
            entriesWithoutKey: expectedEntries.entriesWithoutKey, keys: keys)
        let reply = try await redis.evaluate(OrderScript.script, keys: call.keys, arguments: call.arguments)
        let isOneConnection = connection == redis.connections && connection > 0
        let outcome = try OrderOutcome(reply, tail: tail)
        guard let (order, total, isReplay, hasExpected) = Self.order(outcome, request, offer, now) else {
            if let obstacle, outcome == .noOffer { return .unconfirmable(obstacle) }
            return .refused(outcome, offer)
        }
        let claim = LedgerClaim(mark: LedgerMark(id: order.id.entry, tail: order.id.tail), total: total)
        if let shortfall = await shortfall(of: claim.mark, obstacle) { return .unsafe(shortfall) }
        // A server that lacks the expected entry is not the one that this connection led to before.
        let isSame = isOneConnection && (expected == nil || hasExpected)
        expectedEntries.acknowledge(claim, found: hasExpected ? expected : nil, on: isSame ? connection : nil)
        return .order(order, isReplay: isReplay)
    }

    /// What the amount would buy now.
    package enum Quote: Equatable, Sendable {
        /// The order would be placed if it fits; the running total so far, and the cap.
        case quote(Offer, fits: Bool, total: Satoshi, cap: Satoshi)
        /// The order would be refused for this.
        case refused(OrderOutcome)
        /// Nothing would be placed, because this server cannot make an order as safe as required; says why, in words.
        case unconfirmable(String)
    }

    /// What an order would be answered now, without placing it; the ledger checks it as it checks an order.
    package func quote(
        _ amount: Amount, in currency: Currency, rates: BTCRates?
    ) async throws(RedisError) -> Quote {
        let request = OrderRequest(currency: currency, amount: amount, key: .ofQuotes)
        let obstacle = try await confirmation?.obstacle()
        let offer =
            expectedEntries.isKnown && obstacle == nil ? rates.flatMap { self.offer(for: request, at: $0) } : nil
        let tail = OrderTail.random()
        let call = OrderScript(
            request, offer: offer, tail: tail, now: clock.now, known: expectedEntries.expected,
            entriesWithoutKey: expectedEntries.entriesWithoutKey, onlyQuotes: true, keys: keys)
        let reply = try await redis.evaluate(OrderScript.script, keys: call.keys, arguments: call.arguments)
        switch (try OrderOutcome(reply, tail: tail), offer) {
        case (.quoted(let total, let cap), let offer?): return .quote(offer, fits: true, total: total, cap: cap)
        case (.capExceeded(let total, let cap), let offer?): return .quote(offer, fits: false, total: total, cap: cap)
        case (.noOffer, _): return obstacle.map { .unconfirmable($0) } ?? .refused(.noOffer)
        case (let outcome, _): return .refused(outcome)
        }
    }

    /// What an order in the ledger lacks before it may be acknowledged.
    private func shortfall(of mark: LedgerMark, _ obstacle: String?) async -> String? {
        guard let confirmation else { return nil }
        if let obstacle { return obstacle }
        do throws(RedisError) {
            return try await confirmation.shortfall(of: mark)
        } catch {
            return "whether it is as safe as was asked for is not known: \(error.message)"
        }
    }

    private func offer(for request: OrderRequest, at rates: BTCRates) -> Offer? {
        Offer(for: request, at: rates, maxAge: maxRateAge, clock: clock)
    }

    private static func order(
        _ outcome: OrderOutcome, _ request: OrderRequest, _ offer: Offer?, _ now: Timestamp
    ) -> (BuyOrder, total: Satoshi, isReplay: Bool, hasExpected: Bool)? {
        switch outcome {
        case .seen(let found, let hasKnown): return (found.order, found.total, true, hasKnown)
        case .new(let claim):
            guard let offer, let id = OrderID(claim.mark.id, tail: claim.mark.tail) else { return nil }
            let order = BuyOrder(
                id: id, createdAt: now.rfc3339, currency: request.currency, amount: request.amount, rate: offer.rate,
                rateMinute: offer.rateMinute, satoshi: offer.satoshi)
            return (order, claim.total, false, true)
        default: return nil
        }
    }
}
