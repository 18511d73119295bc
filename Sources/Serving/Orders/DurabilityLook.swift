import Logging
import Logs
import Orders
import Redis
import Synchronization
import Tape

/// Looks now and then whether orders can be written, and what acknowledged ones survive.
///
/// What orders survive is logged when it is first known and when it has changed; all of it is kept for `/readyz`, which must
/// not wait for Redis.
final class DurabilityLook: Sendable {
    private let ledger: RedisClient
    private let readModel: RedisClient
    private let keys: TapeKeys
    private let worker: String
    private let acknowledgement: Acknowledgement
    private let census: KeyCensus
    private let horizon: LedgerHorizon
    private let witnesses: [any LedgerWitness]
    private let logger: Logger
    private let newest = Mutex<Result<OrdersFitness, RedisError>?>(nil)

    /// Until it is first known, and then.
    private static let (eagerly, calmly) = (Duration.seconds(1), Duration.seconds(5))

    /// The clients must be nobody else's: a write may wait for the disk.
    init(
        ledger: RedisClient, readModel: RedisClient, keys: TapeKeys, worker: String, acknowledgement: Acknowledgement,
        horizon: LedgerHorizon, witnesses: [any LedgerWitness], clock: TapeClock, logger: Logger
    ) {
        self.ledger = ledger
        self.readModel = readModel
        self.keys = keys
        self.worker = worker
        self.acknowledgement = acknowledgement
        self.horizon = horizon
        self.witnesses = witnesses
        census = KeyCensus(ledger: ledger, keys: keys, clock: clock)
        self.logger = logger
    }

    /// For `/readyz`: a line for each thing that is wrong, or one.
    var checks: [ReadinessCheck] {
        var wrong: [String] = []
        if let loss = horizon.loss { wrong.append("orders: the ledger is lost: \(loss); cointape orders verify") }
        switch newest.withLock(\.self) {
        case nil: wrong.append("not looked at yet")
        case .failure(let error): wrong.append(error.message)
        case .success(let fitness):
            wrong += fitness.findings.map { ([$0.what] + $0.mend).joined(separator: "; ") }
        }
        wrong += witnesses.compactMap(\.writeFailure).map { "orders: the witness of acknowledged orders: \($0)" }
        let takes = ReadinessCheck(name: "orders", isWell: true, detail: "\(ledger.endpoint) takes them")
        return wrong.isEmpty ? [takes] : wrong.map { ReadinessCheck(name: "orders", isWell: false, detail: $0) }
    }

    /// Runs until cancelled.
    func run() async {
        var isFirst = true
        var told: LedgerDurability?
        repeat {
            do throws(RedisError) {
                let fitness = try await OrdersFitness.look(
                    ledger: ledger, readModel: readModel, keys: keys, worker: worker, census: census,
                    acknowledgement: acknowledgement, projects: false)
                newest.withLock { $0 = .success(fitness) }
                if fitness.durability != told { tell(fitness.durability) }
                told = fitness.durability
            } catch {
                newest.withLock { $0 = .failure(error) }
                // A server that is still loading is no news: it is only early.
                logger.retries(after: error, isFirst: isFirst && !error.isTransient)
                isFirst = false
            }
        } while (try? await Task.sleep(for: told == nil ? Self.eagerly : Self.calmly)) != nil
    }

    private func tell(_ durability: LedgerDurability) {
        var metadata: Logger.Metadata = [LogKey.redis: "\(ledger.endpoint)"]
        guard let summary = durability.summary else {
            metadata[LogKey.detail] = "\(Self.promise(acknowledgement))"
            return logger.info(.ledgerDurability, metadata: metadata)
        }
        metadata[LogKey.detail] = "\(summary)"
        let commands = durability.remedies.map { "\(ledger.endpoint.cli) \($0)" }
        if !commands.isEmpty { metadata[LogKey.remedy] = "\(commands.joined(separator: " && "))" }
        logger.warning(.ledgerDurability, metadata: metadata)
    }

    private static func promise(_ acknowledgement: Acknowledgement) -> String {
        let replicas = acknowledgement.replicas
        let copies = replicas == 0 ? "" : ", and are on \(replicas) replica\(replicas == 1 ? "" : "s")"
        return "acknowledged orders survive a crash and a power cut\(copies)"
    }
}
