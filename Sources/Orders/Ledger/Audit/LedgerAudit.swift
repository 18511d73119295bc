package import Basics
package import Tape

/// Sums up the ledger again, entry by entry, and collects everything that `create_order.lua` and the opening would not have
/// written.
///
/// Entries must be passed in order, from the first one. The table of seen keys, the rates and the read model are compared with
/// the same entries through methods of their own.
package struct LedgerAudit: Sendable {
    /// What is wrong.
    package private(set) var findings = LedgerFindings()
    /// What is worth knowing but not wrong.
    package private(set) var notes = LedgerFindings()
    /// The first entry, if it is a readable opening; nil before that, and unaffected by a later opening.
    package private(set) var opening: LedgerOpening?
    /// The ledger's terms as of the newest entry; the standard ones until an opening was read.
    package private(set) var terms = LedgerTerms.standard
    /// The number of orders, including unreadable ones.
    package private(set) var orders = 0
    /// The running total of the newest entry that has one.
    package private(set) var total: Satoshi?
    /// The id of the last entry that was taken, readable or not; nil before the first.
    package private(set) var last: StreamID?
    private var sums: [Currency: ReadModelStatistics.Sums] = [:]
    private var createdLast: Timestamp?
    private var uncheckedRates = 0
    private var model: ReadModelStatistics?
    private var rates: [Minute: BTCRates]

    /// The highest `orders.max_rate_age` that a config may set.
    private static let oldestRate: Duration = .seconds(3600)
    /// How far a rate's minute may be ahead: see `Offer`.
    private static let lead: Duration = .seconds(5)

    /// `rates` are those known before the walk; `add` adds others.
    ///
    /// `readModel` must be read before the ledger, so that it cannot be ahead of the walk; nil if there is none.
    package init(rates: [Minute: BTCRates] = [:], readModel: ReadModelStatistics? = nil) {
        self.rates = rates
        model = readModel?.last == nil ? nil : readModel
    }

    /// Adds rates that the following orders may be priced by.
    package mutating func add(_ rates: BTCRates) { self.rates[rates.minute] = rates }

    /// The sums of the readable orders so far; zero for a currency without orders.
    package subscript(currency: Currency) -> ReadModelStatistics.Sums { sums[currency] ?? .init() }

    /// Takes the next entry; returns its order, if it is a readable one.
    @discardableResult
    package mutating func take(_ entry: TapeEntry) -> LedgerOrder? {
        defer {
            last = entry.id
            compareWithReadModel(entry)
        }
        let isFirst = last == nil
        do throws(DamagedEntry) {
            switch try LedgerEntry(entry) {
            case .opening(let found):
                take(found, isFirst: isFirst)
                return nil
            case .raise(let raise):
                take(raise, isFirst: isFirst)
                return nil
            case .addition(let addition):
                take(addition, isFirst: isFirst)
                return nil
            case .order(let order):
                if isFirst { findings.add(entry.id, "is the first, and not the ledger's opening") }
                take(order)
                return order
            }
        } catch {
            findings.add(error.id, error.reason)
            if isFirst, entry.fields["opened"] == nil {
                findings.add(entry.id, "is the first, and not the ledger's opening")
            }
            if !["opened", "raised", "added"].contains(where: { entry.fields[$0] != nil }) { orders += 1 }
            // The next entry is compared with the stored total, if there is one.
            total = entry.text("total").flatMap { Satoshi(digits: $0.utf8) }
            return nil
        }
    }

    /// Must be called after the last entry.
    package mutating func end() {
        if last == nil { findings.add(nil, "there is no ledger") }
        if uncheckedRates > 0 {
            notes.add(
                nil,
                "the rates of \(uncheckedRates) orders were not compared: the stream of rates has these minutes no more"
            )
        }
        if let mark = model?.last {
            findings.add(mark.id, "is the read model's last entry, and not in the ledger")
        }
    }

    /// Adds a problem that was found elsewhere.
    package mutating func report(_ id: StreamID?, _ reason: String) { findings.add(id, reason) }

    /// Adds a note that was found elsewhere.
    package mutating func note(_ id: StreamID?, _ reason: String) { notes.add(id, reason) }

    private mutating func take(_ found: LedgerOpening, isFirst: Bool) {
        if isFirst {
            (opening, terms) = (found, found.terms)
        } else {
            findings.add(found.id, "opens a ledger that had been opened")
        }
        checkCap(found.id, found.total)
        total = found.total
    }

    private mutating func take(_ found: CurrencyAddition, isFirst: Bool) {
        if isFirst { findings.add(found.id, "is the first, and not the ledger's opening") }
        if let reason = found.contradiction(to: terms.currencies, total: total ?? found.total) {
            findings.add(found.id, reason)
        }
        terms = LedgerTerms(cap: terms.cap, currencies: found.currencies)
        total = found.total
    }

    private mutating func take(_ raise: LedgerRaise, isFirst: Bool) {
        if isFirst { findings.add(raise.id, "is the first, and not the ledger's opening") }
        checkCap(raise.id, raise.total)
        if let total {
            if raise.total < total {
                findings.add(raise.id, "raises the running total to \(raise.total.digits), from \(total.digits)")
            } else {
                let lost = Satoshi(raise.total.value - total.value)
                notes.add(raise.id, "counts \(lost.btc) BTC that were sold and whose orders are lost")
            }
        }
        total = raise.total
    }

    private mutating func take(_ ledgerOrder: LedgerOrder) {
        let order = ledgerOrder.order
        let id = order.id.entry
        orders += 1
        if let total, total + order.satoshi != ledgerOrder.total {
            findings.add(
                id,
                "has the running total \(ledgerOrder.total.digits), where \((total + order.satoshi).digits) would be right"
            )
        }
        total = ledgerOrder.total
        checkCap(id, ledgerOrder.total)
        if !terms.currencies.contains(order.currency) {
            findings.add(id, "is in \(order.currency.rawValue), which the ledger does not take there")
        }
        if order.rate.satoshi(for: order.amount) != order.satoshi {
            let right = order.rate.satoshi(for: order.amount).map(\.digits) ?? "none"
            findings.add(id, "has \(order.satoshi.digits) satoshi, where \(right) would be right")
        }
        checkTimes(order)
        checkRate(order)
        var sum = self[order.currency]
        sum.count += 1
        sum.units += UInt128(order.amount.units)
        // If the sum overflows, the running total has already been reported as wrong.
        let (satoshi, overflow) = sum.satoshi.value.addingReportingOverflow(order.satoshi.value)
        if !overflow { sum.satoshi = Satoshi(satoshi) }
        sums[order.currency] = sum
    }

    private mutating func checkTimes(_ order: BuyOrder) {
        guard let created = Timestamp(rfc3339: order.createdAt) else { return }
        let id = order.id.entry
        if order.rateMinute.start > created + Self.lead {
            findings.add(id, "has a rate of \(order.rateMinute), later than its own time, \(order.createdAt)")
        }
        if created - order.rateMinute.start > Self.oldestRate {
            findings.add(id, "has a rate of \(order.rateMinute), more than an hour older than \(order.createdAt)")
        }
        if let createdLast, created < createdLast {
            notes.add(
                id, "was made at \(order.createdAt), before the one in front of it: a clock was set back, or two differ"
            )
        }
        createdLast = created
    }

    private mutating func checkRate(_ order: BuyOrder) {
        guard let known = rates[order.rateMinute] else {
            uncheckedRates += 1
            return
        }
        if let rate = known.rates[order.currency], rate != order.rate {
            findings.add(
                order.id.entry,
                "has the rate \(order.rate), and the stream of rates \(rate) for \(order.rateMinute)")
        }
        if let opening, known.kind != opening.kind {
            findings.add(
                order.id.entry, "has a rate of the kind \(known.kind.rawValue) in a \(opening.kind.rawValue) ledger")
        }
    }

    private mutating func compareWithReadModel(_ entry: TapeEntry) {
        guard let model, model.last?.id == entry.id else { return }
        self.model = nil
        if entry.text("tail") != model.last.map({ "\($0.tail)" }) {
            findings.add(entry.id, "has another tail than the read model's last entry has")
        }
        if model.total != total {
            findings.add(
                entry.id,
                "has the running total \(total?.digits ?? "none"), and the read model there \(model.total.digits)")
        }
        if model.currencies != terms.currencies {
            findings.add(
                entry.id,
                "is the read model's last entry, which has the currencies \(LedgerTerms.text(of: model.currencies)), where "
                    + "\(LedgerTerms.text(of: terms.currencies)) would be right")
        }
        for currency in terms.currencies where model[currency] != self[currency] {
            let (right, found) = (self[currency], model[currency])
            findings.add(
                entry.id,
                "is the read model's last entry, which has \(Self.words(found)) in \(currency.rawValue), where \(Self.words(right)) would be right"
            )
        }
    }

    private static func words(_ sums: ReadModelStatistics.Sums) -> String {
        "\(sums.count) orders of \(sums.amount) for \(sums.satoshi.btc) BTC"
    }

    private mutating func checkCap(_ id: StreamID, _ total: Satoshi) {
        guard total > terms.cap else { return }
        findings.add(id, "has the running total \(total.digits), beyond the cap of \(terms.cap.digits)")
    }
}
