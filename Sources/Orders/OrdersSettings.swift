package import Config
package import Redis
package import Tape

/// Where the ledger, its read model, its witnesses and its rates are, and when an order may be acknowledged.
package struct OrdersSettings: Equatable, Sendable {
    /// The Redis of `orders.redis`, or the worker's own.
    package let ledger: RedisEndpoint
    /// The Redis of `read_redis`, or the worker's own.
    package let readModel: RedisEndpoint
    /// The folder of witness files; nil if there is none.
    package let witnessFolder: String?
    /// Another Redis that keeps the newest acknowledged entry; nil if there is none.
    package let witnessRedis: RedisEndpoint?
    package let acknowledgement: Acknowledgement
    /// The location of `orders.durability` in the config, for messages.
    package let durabilityPlace: ConfigPlace
    /// The stream of BTC rates, in the worker's own Redis.
    package let rates: String
    /// The location of `rates` in the config, for messages.
    package let ratesPlace: ConfigPlace

    /// `orders` reads the config's object of that name, and `parent` the config itself; the ledger's and the read model's Redis
    /// default to the worker's own.
    ///
    /// If `own` is nil because its settings are wrong, the fields are still read, so that their mistakes are reported.
    package init?(orders: ConfigReader, parent: ConfigReader, own: RedisSettings?) {
        let main = own?.endpoint ?? RedisEndpoint(address: .unix(path: ""))
        let ledger = orders.redisEndpoint("redis", "The Redis of the ledger.", otherwise: main)
        let readModel = parent.redisEndpoint(
            "read_redis", "The Redis of the read model of orders.", otherwise: main)
        let acknowledgement = orders.object(
            "durability", optional: true,
            "What must confirm an order before it is acknowledged and folded, besides the server."
        ).flatMap(Self.acknowledgement)
        durabilityPlace = orders.place(of: "durability")
        let witness = orders.object(
            "witness", optional: true,
            "Where the newest acknowledged order is remembered outside of the ledger's Redis.")
        let folder = witness?.string(
            "folder", default: "data/witness",
            "A folder beside the process: an api keeps a file in it, `orders verify` reads them. Empty: no files.")
        let none = RedisEndpoint(address: .unix(path: ""))
        let redis = witness?.redisEndpoint(
            "redis", "Another Redis that remembers it too.", otherwise: none,
            url: "As `redis.url`; empty: no other Redis remembers it.")
        if let ledger, own != nil, let redis, redis.isSameDatabase(as: ledger) {
            witness?.complain(about: "redis", "is the Redis of the ledger, with which it would be lost")
        }
        witness?.finish()
        let rates = orders.name(
            "rates", default: "btc_rate",
            "The stream of BTC rates by which an api prices orders; `cointape orders` looks at it too.")
        ratesPlace = orders.place(of: "rates")
        guard own != nil, let ledger, let readModel, let acknowledgement, let folder, let redis, let rates else {
            return nil
        }
        self.ledger = ledger
        self.readModel = readModel
        self.acknowledgement = acknowledgement
        self.rates = rates
        witnessFolder = folder.isEmpty ? nil : folder
        witnessRedis = redis == none ? nil : redis
    }

    private static func acknowledgement(reading reader: ConfigReader) -> Acknowledgement? {
        let replicas = reader.integer(
            "replicas", default: 0, in: 0...10, "How many replicas must have it (`WAIT`).")
        let fsync = reader.bool(
            "fsync", default: false,
            "Whether it must be on the disks, of the replicas asked for too (`WAITAOF`, from Redis 7.2 on).")
        let timeout = reader.duration(
            "timeout", default: "1s", in: .milliseconds(1)...(.seconds(60)),
            "How long that may take; then the answer is `outcome-unknown`.")
        reader.finish()
        guard let replicas, let fsync, let timeout else { return nil }
        return Acknowledgement(replicas: replicas, fsync: fsync, timeout: timeout)
    }
}
