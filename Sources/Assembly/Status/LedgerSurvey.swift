import Basics
import Orders
import Redis
import Tape

/// The condition of a ledger and its read model, as seen from outside.
///
/// If one key cannot be read, that is one problem, and the others are still reported.
struct LedgerSurvey: Sendable {
    private(set) var report: StatusReport.Ledger
    private(set) var problems: [StatusReport.Problem] = []
    private(set) var unknown: [String] = []
    /// The time since the ledger was opened.
    let age: Duration
    /// The currencies that the ledger takes; the standard ones if they cannot be read.
    private let currencies: [Currency]

    /// Counting stops at this number.
    private static let mostUnprojected = 1_000

    /// Which kinds of workers in the configs use the ledger.
    struct Roles {
        let places: Bool
        let projects: Bool
    }

    /// The values that could be read; nil for the others.
    private struct Figures {
        var opening: LedgerOpening??
        var entries: Int?
        var total: Satoshi??
        var last: LedgerMark??
        var behind: Int?
        var count: Int?
        var trace: String?
        /// Whether all that was read could be.
        var isComplete: Bool { damage.isEmpty && refused.isEmpty }
        var damage: [String] = []
        /// What this user may not read: nothing is wrong with it for all that is known.
        var refused: [String] = []

        mutating func read<Value>(_ key: String, _ body: () async throws -> Value) async throws -> Value? {
            do {
                return try await body()
            } catch let error as RedisError where error.isOutage {
                throw error
            } catch let error as StreamSurvey.WrongType {
                Self.note("\(key) is no stream but a \(error.type)", &damage)
            } catch let error as RedisError where error.isDenial {
                Self.note("\(key): \(error.message)", &refused)
            } catch {
                Self.note("\(key): \((error as? RedisError)?.message ?? "\(error)")", &damage)
            }
            return nil
        }

        private static func note(_ words: String, _ list: inout [String]) {
            if !list.contains(words) { list.append(words) }
        }
    }

    /// `acknowledgement` is the setting in the api's config, if it is known.
    ///
    /// Throws if a Redis does not answer.
    init(_ places: OrdersPlaces, acknowledgement: Acknowledgement?, roles: Roles) async throws {
        let history = OrderHistory(
            readModel: places.readModel, ledger: places.ledger, keys: places.keys, clock: places.clock)
        let (ledgerKey, statisticsKey) = (places.keys.ledger, ReadModelKeys(places.keys).statistics)
        var figures = Figures()
        figures.opening = try await figures.read(ledgerKey) { try await history.opening() }
        figures.entries = try await figures.read(ledgerKey) { try await history.entries() }
        figures.total = try await figures.read(ledgerKey) { try await history.newestEntry()?.total }
        figures.last = try await figures.read(statisticsKey) { try await history.last() }
        if figures.last != nil {
            figures.behind = try await figures.read(ledgerKey) {
                try await history.unprojected(atMost: Self.mostUnprojected)
            }
            figures.count = try await figures.read(statisticsKey) {
                try await history.orders(atMost: Self.mostUnprojected)
            }
        }
        let opening = figures.opening ?? nil
        if opening == nil, figures.entries == 0 {
            let kind = (try? await places.kindOfRates()) ?? nil
            figures.trace = try await figures.read(ledgerKey) { try await places.opener.trace(of: kind) } ?? nil
        }
        currencies = ((try? await history.terms()) ?? nil)?.currencies ?? LedgerTerms.standard.currencies
        age = opening.map { places.clock.now - Timestamp(milliseconds: Int64(clamping: $0.id.milliseconds)) } ?? .zero
        let total = figures.total.map { $0 ?? Satoshi(0) }
        report = StatusReport.Ledger(
            isOpen: opening != nil, kind: opening?.kind.rawValue, orders: figures.count, soldBTC: total?.btc,
            leftBTC: total.map { (opening?.terms ?? .standard).cap.less($0).btc }, unprojected: figures.behind,
            look: "\(places.ledger.server.cli) XREVRANGE '\(places.keys.ledger)' + - COUNT 1")
        var found = Figures()
        problems = try await Self.problems(figures, &found, places, history)
        let fitness = try await OrdersFitness.probe(
            ledger: places.ledger, readModel: places.readModel, keys: places.keys, worker: StatusReader.name,
            keyAudit: KeyAudit(ledger: places.ledger, keys: places.keys, clock: places.clock),
            acknowledgement: acknowledgement, places: roles.places, projects: roles.projects)
        problems += fitness.findings.map { .init(what: $0.what, mend: $0.remedies) }
        unknown = fitness.unknown + figures.refused + found.refused.filter { !figures.refused.contains($0) }
    }

    private static func problems(
        _ figures: Figures, _ found: inout Figures, _ places: OrdersPlaces, _ history: OrderHistory
    ) async throws -> [StatusReport.Problem] {
        var problems = figures.damage.map {
            StatusReport.Problem(what: "orders: \($0)", mend: ["cointape orders verify"])
        }
        func add(_ what: String, _ mend: String) { problems.append(.init(what: "orders: \(what)", mend: [mend])) }
        if (figures.opening ?? nil) == nil {
            if let entries = figures.entries, entries > 0 {
                if figures.isComplete { add("the ledger's first entry is no opening", "cointape orders verify") }
            } else if let trace = figures.trace {
                add(
                    "the ledger is lost: \(trace); put its backup back (docs/howto/ledger.md)",
                    "cointape orders verify")
            } else if figures.entries == 0, figures.isComplete {
                add("the ledger is not open", "cointape orders open")
            }
        } else if let last = figures.last ?? nil {
            let has = try await found.read(places.keys.ledger) { try await history.has(last) }
            if has == false {
                add("the read model's last entry, \(last.id), is not in the ledger", "cointape orders verify")
            }
        }
        if let opening = figures.opening ?? nil {
            if let kind = (try? await places.kindOfRates()) ?? nil, kind != opening.kind {
                add(
                    "the ledger was opened for \(opening.kind.rawValue) rates, and the newest rates are \(kind.rawValue): "
                        + "connect the right feeds", "cointape orders verify")
            }
            if let terms = try await found.read(places.keys.ledger, { try await history.terms() }) ?? nil,
                let words = (try? await places.unrated(terms)) ?? nil
            {
                add(words, "cointape orders currencies")
            }
            let losses = try await found.read(places.keys.missing) { try await places.losses() } ?? []
            for (place, loss) in losses {
                add("\(place) says that \(loss); no order is taken until it is counted", "cointape orders verify")
            }
            for witness in try await found.read(places.keys.missing, { try await places.witnesses.unreadable() }) ?? []
            {
                add(
                    "the witness \(witness) cannot be read, and may know of orders that the ledger lacks",
                    "cointape orders verify")
            }
            problems += found.damage.map { .init(what: "orders: \($0)", mend: ["cointape orders verify"]) }
        }
        if let behind = figures.behind, behind >= mostUnprojected {
            add("\(behind) entries or more wait to be projected", "cointape run \(places.path)")
        }
        return problems
    }

    /// All keys of orders, grouped by Redis.
    func keys(_ places: OrdersPlaces) -> [(redis: RedisClient, keys: [String])] {
        [
            (places.ledger, [places.keys.ledger, places.keys.seen]),
            (places.readModel, ReadModelKeys(places.keys).all(currencies)),
        ]
    }
}
