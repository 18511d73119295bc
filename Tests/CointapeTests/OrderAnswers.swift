import Orders

extension OrderLoad {
    /// What the clients were told.
    struct Answers {
        /// With the order's id.
        var acknowledged: [(order: Order, id: String)] = []
        var refused: Set<Order> = []
        /// How often there was no answer, or a 503, by its type.
        var retried: [String: Int] = [:]
        /// Answers that nobody may get.
        var wrong: [String] = []
    }
}

extension OrderLoad.Answers {
    /// What the ledger does not have as the clients were told, or not as it should; in words.
    func problems(in orders: [LedgerOrder]) -> [String] {
        var problems = wrong
        let byID = Dictionary(orders.map { ("\($0.order.id)", $0.identity) }) { $1 }
        for (order, id) in acknowledged where byID[id] != order.identity {
            problems.append("\(id) is \(byID[id] ?? "gone"), not \(order.identity)")
        }
        let counts = Dictionary(orders.map { ($0.identity, 1) }, uniquingKeysWith: +)
        problems += counts.filter { $0.value > 1 }.map { "\($0.key) was taken \($0.value) times" }
        problems += refused.filter { counts[$0.identity] != nil }.map { "\($0.identity) was refused and taken" }
        var total = Satoshi(0)
        for order in orders {
            total = total + order.order.satoshi
            if order.total != total { problems.append("the total after \(order.order.id) is \(order.total.digits)") }
        }
        if total > LedgerTerms.standard.cap { problems.append("\(total.btc) BTC were sold") }
        return problems
    }
}
