import Logging
import Logs
import Orders
import Redis
import Synchronization
import Tape

/// Checks periodically whether orders can be taken: whether there is a ledger, of the kind of the present rates, whether it is
/// writable and complete, and what acknowledged orders survive.
///
/// What orders survive is logged first and whenever it changes; all results are kept for `/readyz`, which must not wait for
/// Redis.
final class OrderReadiness: Sendable {
    private let ledger: RedisClient
    private let readModel: RedisClient
    private let keys: TapeKeys
    private let worker: String
    private let acknowledgement: Acknowledgement
    private let keyAudit: KeyAudit
    private let expectedEntries: ExpectedEntries
    private let rates: CurrentRates
    private let witnesses: [any LedgerWitness]
    private let witness: WitnessRedis?
    private let history: OrderHistory
    private let opener: LedgerOpener
    private let logger: Logger
    /// Each problem, with the commands that fix it; nil before the first check.
    private let newest = Mutex<[String]?>(nil)

    /// The period before the first result, and after it.
    private static let (eagerly, calmly) = (Duration.seconds(1), Duration.seconds(5))

    /// The clients must not be shared, because a write may wait for the disk.
    ///
    /// `witnesses` are those that this process writes; `folder` may also contain files of others.
    init(
        ledger: RedisClient, readModel: RedisClient, witness: RedisClient?, folder: String?, keys: TapeKeys,
        worker: String, acknowledgement: Acknowledgement, expectedEntries: ExpectedEntries, rates: CurrentRates,
        witnesses: [any LedgerWitness], clock: TapeClock, logger: Logger
    ) {
        self.ledger = ledger
        self.readModel = readModel
        self.keys = keys
        self.worker = worker
        self.acknowledgement = acknowledgement
        self.expectedEntries = expectedEntries
        self.rates = rates
        self.witnesses = witnesses
        self.witness = witness.map { WitnessRedis($0, keys: keys) }
        keyAudit = KeyAudit(ledger: ledger, keys: keys, clock: clock)
        history = OrderHistory(readModel: readModel, ledger: ledger, keys: keys, clock: clock)
        opener = LedgerOpener(
            ledger: ledger, readModel: readModel,
            witnesses: LedgerWitnesses(folder: folder, redis: witness, keys: keys), keys: keys, clock: clock)
        self.logger = logger
    }

    /// For `/readyz`: one entry for each problem, or one that all is well.
    var checks: [ReadinessCheck] {
        var wrong: [String] = []
        if let loss = expectedEntries.loss {
            wrong.append("orders: the ledger is lost: \(loss); cointape orders verify")
        }
        wrong += newest.withLock(\.self) ?? ["not checked yet"]
        wrong += witnesses.compactMap(\.writeFailure).map { "orders: the witness of acknowledged orders: \($0)" }
        let takes = ReadinessCheck(name: "orders", isWell: true, detail: "\(ledger.endpoint) takes them")
        // The findings state their subject for `status`, which has other lines in between; here it is removed.
        let details = wrong.map { String($0.trimmingPrefix("orders: ")) }
        return details.isEmpty ? [takes] : details.map { ReadinessCheck(name: "orders", isWell: false, detail: $0) }
    }

    /// Runs until cancelled.
    func run() async {
        var isFirst = true
        var told: LedgerDurability?
        repeat {
            do throws(RedisError) {
                let fitness = try await OrdersFitness.probe(
                    ledger: ledger, readModel: readModel, keys: keys, worker: worker, keyAudit: keyAudit,
                    acknowledgement: acknowledgement, places: true, projects: false)
                let faults = try await ledgerFaults() + unreadFaults + witnessFaults()
                let findings = fitness.findings.map { ([$0.what] + $0.remedies).joined(separator: "; ") }
                newest.withLock { $0 = faults + findings }
                if fitness.durability != told { log(fitness.durability, of: try await ledger.server(of: keys.ledger)) }
                told = fitness.durability
            } catch {
                let faults = unreadFaults
                newest.withLock { $0 = ["orders: \(error.message)"] + faults }
                // A server that is still loading is not worth logging.
                logger.retries(after: error, isFirst: isFirst && !error.isTransient)
                isFirst = false
            }
        } while (try? await Task.sleep(for: told == nil ? Self.eagerly : Self.calmly)) != nil
    }

    /// The reasons for which `create_order.lua` would refuse any order.
    private func ledgerFaults() async throws(RedisError) -> [String] {
        let rates = rates.current
        let kind = rates?.kind
        do {
            guard let opening = try await history.opening() else { return [try await absence(of: kind)] }
            var faults: [String] = []
            if let kind, kind != opening.kind {
                faults.append(
                    "orders: the ledger was opened for \(opening.kind.rawValue) rates, and the newest rates are "
                        + "\(kind.rawValue): connect the right feeds")
            }
            if let rates, let terms = try await history.terms(), let words = rates.shortfall(for: terms) {
                faults.append("orders: \(words)")
            }
            _ = try await history.newestEntry()
            return faults
        } catch let error as RedisError {
            guard !error.isOutage else { throw error }
            // A wrong type is already reported by `OrdersFitness`.
            return error.code == .server("WRONGTYPE") ? [] : ["orders: \(keys.ledger): \(error.message)"]
        } catch {
            return ["orders: \(keys.ledger): \(error); cointape orders verify"]
        }
    }

    /// Why there is no opening.
    private func absence(of kind: DataKind?) async throws(RedisError) -> String {
        guard try await opener.firstEntry() == nil else {
            return "orders: the ledger's first entry is no opening; cointape orders verify"
        }
        do throws(RedisError) {
            guard let trace = try await opener.trace(of: kind) else {
                return "orders: the ledger is not open; cointape orders open"
            }
            return "orders: the ledger is lost: \(trace); put its backup back (docs/howto/ledger.md)"
        } catch {
            guard !error.isOutage else { throw error }
            return
                "orders: the ledger is not open, and whether there was one is not known (\(error.message)); cointape status"
        }
    }

    /// What has not been read since the start, so that the ledger may be incomplete.
    private var unreadFaults: [String] {
        guard !expectedEntries.isKnown else { return [] }
        return [
            "orders: none is taken before the read model and the witnesses were read since the start: \(expectedEntries.obstacle)"
        ]
    }

    /// What the other Redis that stores the newest order would refuse.
    private func witnessFaults() async -> [String] {
        guard let redis = witness?.redis else { return [] }
        let probe = WriteProbe(redis, key: keys.probe(worker, tag: "{orders}"), needs: .witnessing(keys))
        let found: [RedisShortcoming]
        do throws(RedisError) {
            found = try await probe.run()
        } catch {
            found = [RedisShortcoming(error.message)]
        }
        return found.map { shortcoming in
            let remedy = shortcoming.remedy.map { "; \(redis.server.cli) \($0)" } ?? ""
            return
                "orders: the witness of acknowledged orders: redis \(redis.endpoint): \(shortcoming.description)\(remedy)"
        }
    }

    private func log(_ durability: LedgerDurability, of ledger: RedisClient) {
        var metadata: Logger.Metadata = [LogKey.redis: "\(ledger.endpoint)"]
        guard let summary = durability.summary else {
            metadata[LogKey.detail] = "\(durability.promise)"
            return logger.info(.ledgerDurability, metadata: metadata)
        }
        metadata[LogKey.detail] = "\(summary)"
        let commands = durability.remedies.map { "\(ledger.server.cli) \($0)" }
        if !commands.isEmpty { metadata[LogKey.remedy] = "\(commands.joined(separator: " && "))" }
        logger.warning(.ledgerDurability, metadata: metadata)
    }
}
