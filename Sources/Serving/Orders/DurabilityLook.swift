import Logging
import Logs
import Orders
import Redis
import Tape

/// Says once, when the ledger's Redis can first be reached, what an acknowledged order survives there.
struct DurabilityLook: Sendable {
    let redis: RedisClient
    let acknowledgement: Acknowledgement
    let logger: Logger

    private static let period: Duration = .seconds(1)

    /// Returns when it was said, or the task is cancelled.
    func run() async {
        var isFirst = true
        repeat {
            do throws(RedisError) {
                return tell(try await LedgerDurability.look(redis, acknowledgement: acknowledgement))
            } catch {
                // A server that is still loading is no news: it is only early.
                logger.retries(after: error, isFirst: isFirst && !error.isTransient)
                isFirst = false
            }
        } while (try? await Task.sleep(for: Self.period)) != nil
    }

    private func tell(_ durability: LedgerDurability) {
        var metadata: Logger.Metadata = [LogKey.redis: "\(redis.endpoint)"]
        guard let summary = durability.summary else {
            metadata[LogKey.detail] = "\(Self.promise(acknowledgement))"
            return logger.info(.ledgerDurability, metadata: metadata)
        }
        metadata[LogKey.detail] = "\(summary)"
        let commands = durability.remedies.map { "\(redis.endpoint.cli) \($0)" }
        if !commands.isEmpty { metadata[LogKey.remedy] = "\(commands.joined(separator: " && "))" }
        logger.warning(.ledgerDurability, metadata: metadata)
    }

    private static func promise(_ acknowledgement: Acknowledgement) -> String {
        let replicas = acknowledgement.replicas
        let copies = replicas == 0 ? "" : ", and are on \(replicas) replica\(replicas == 1 ? "" : "s")"
        return "acknowledged orders survive a crash and a power cut\(copies)"
    }
}
