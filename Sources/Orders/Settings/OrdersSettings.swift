package import Config
package import Redis
package import Tape

/// Where the ledger and its read model are; both the worker's own Redis unless it is said otherwise.
package struct OrdersSettings: Equatable, Sendable {
    package let ledger: RedisEndpoint
    package let readModel: RedisEndpoint

    /// `orders` is the config's object of that name, `parent` the config itself.
    ///
    /// Without a worker, whose settings are wrong, the fields are read all the same, for what is wrong with them.
    package init?(orders: ConfigReader, parent: ConfigReader, worker: WorkerSettings?) {
        let own = worker?.redis.endpoint ?? RedisEndpoint(address: .unix(path: ""))
        let ledger = orders.redisEndpoint("redis", "The Redis of the ledger.", otherwise: own)
        let readModel = parent.redisEndpoint(
            "read_redis", "The Redis of the read model of orders.", otherwise: own)
        guard worker != nil, let ledger, let readModel else { return nil }
        self.ledger = ledger
        self.readModel = readModel
    }
}
