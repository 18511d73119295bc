import Orders
package import Redis
package import ServiceLifecycle
package import Tape
package import Workers

extension ProjectConfig: WorkerConfig {
    package static let kind = WorkerKind(
        "project", "Folds the ledger of orders into the read model that the api shows.")

    package func review(in environment: [String: String]) -> ConfigReview {
        ConfigReview("projects the ledger of orders")
    }

    package var orderNeeds: [RedisNeeds] { orders.needs(worker.redis.keys, .projecting) }

    /// The identity is not used: folding needs no lease, because it writes by compare-and-set.
    package func service(
        in process: WorkerProcess, as identity: WorkerIdentity, naming named: [any WorkerConfig]
    ) -> any Service {
        ProjectWorker(
            self, ledger: process.redis(worker, at: orders.ledger),
            readModel: process.redis(worker, at: orders.readModel), clock: process.clock,
            logger: process.logger(worker))
    }
}
