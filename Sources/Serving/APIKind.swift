import Archive
package import Basics
package import Config
import HTTPServer
import Orders
package import Redis
package import ServiceLifecycle
package import Tape
package import Workers

extension APIConfig: WorkerConfig {
    package static let kind = WorkerKind("api", "Serves lists over HTTP.")

    /// The stream of lists with the columns to serve, and the stream of rates if the api takes orders.
    package var inputs: [StreamInput] {
        [StreamInput(stream, columns: Placed(columns, at: columnsPlace))]
            + (orders.map { [StreamInput($0.rates)] } ?? [])
    }

    /// The configs of the list's feeds, followed by that of the worker that makes it.
    package var named: [NamedConfig] {
        guard let onDemand else { return [] }
        return onDemand.fetch.map { NamedConfig($0, kind: "fetch") } + [NamedConfig(onDemand.merge, kind: "merge")]
    }

    /// The merge worker must make the list that is served here, and the named feeds must include all that it joins.
    package func disagreements(with named: [(any WorkerConfig)?]) -> [PlacedMessage] {
        guard let onDemand, let merge = named.last ?? nil else { return [] }
        let (name, place) = (onDemand.merge.value, onDemand.merge.place)
        var wrong: [PlacedMessage] = []
        if merge.output?.stream.value != stream || !merge.worker.redis.isSameTape(as: worker.redis) {
            wrong.append(PlacedMessage(place, "\(name) does not make the list that is served here"))
        }
        let fetched = named.dropLast().compactMap { $0?.output?.stream.value }
        for input in merge.inputs where !fetched.contains(input.stream) {
            wrong.append(
                PlacedMessage(onDemand.fetchPlace, "\(name) joins \(input.stream), which none of these fetches"))
        }
        return wrong
    }

    package func review(in environment: [String: String]) -> ConfigReview {
        let places = listen.map { "\($0.host):\($0.port)" }.joined(separator: ", ")
        return ConfigReview("serves \(stream)\(orders == nil ? "" : ", and takes orders,") on \(places)")
    }

    package var asksServers: Bool { history?.stores.contains(where: \.isRemote) ?? false }

    /// To serve lists, to know what is archived, and to know the rates; all of it only reads.
    package func redisNeeds(at minute: Minute) -> [RedisNeed] {
        let keys = worker.redis.keys
        return .reading(keys.stream(stream))
            + [RedisNeed]("GET", "GETRANGE", on: keys.list(stream, minute), pattern: keys.lists(stream))
            + (history.map { .reading(keys.stream($0.stream)) + .reading(keys.stream("\($0.stream):days")) } ?? [])
            + (orders.map { .reading(keys.stream($0.rates)) } ?? [])
    }

    package var orderNeeds: [RedisNeeds] { orders?.places.needs(worker.redis.keys, .placing) ?? [] }

    /// Its Redis clients time out after 2 seconds, so that callers get an early 503.
    package func service(
        in process: WorkerProcess, as identity: WorkerIdentity, naming named: [any WorkerConfig]
    ) -> any Service {
        // Work done on demand must not appear in the api's own heartbeat.
        let guest = WorkerIdentity(name: worker.name, kind: Self.kind.name)
        var refresh: (@Sendable () async throws -> Void)?
        var refreshNeeds: (@Sendable (Minute) -> [RedisNeed])?
        if let refresher = Refresher(
            named.map { $0.service(in: process, as: guest, naming: []) }, clock: process.clock)
        {
            refresh = { try await refresher.refresh() }
            refreshNeeds = { minute in named.flatMap { $0.redisNeeds(at: minute) } }
        }
        let (endpoint, outage) = (worker.redis.endpoint, process.outage(worker, at: worker.redis.endpoint))
        let onListening = process.onListening
        // Clients are waiting: an early 503 is better than a late one.
        func redis(at endpoint: RedisEndpoint) -> RedisClient {
            process.redis(worker, at: endpoint, timeout: .seconds(2))
        }
        let logger = process.logger(worker)
        let api = APIWorker(
            self, redis: redis(at: endpoint), blocks: history?.open(in: process, logger: logger) ?? [],
            orders: orders.map { orders in
                OrderClients(
                    ledger: redis(at: orders.places.ledger), readModel: redis(at: orders.places.readModel),
                    witness: orders.places.witnessRedis.map(redis))
            },
            clock: process.clock, logger: logger, onListening: { onListening($0.port) },
            refresh: refresh, refreshNeeds: refreshNeeds,
            // A sandbox' lists are not immutable, because real ones may follow under the same URLs.
            allowsImmutable: process.sandboxVariables.isEmpty, metrics: process.metrics,
            redisCheck: {
                ReadinessCheck(
                    name: "redis", isWell: outage.isOver,
                    detail: outage.isOver ? "\(endpoint) answers" : "\(endpoint) does not answer")
            })
        process.hangups.add { api.reloadCertificates() }
        return api
    }
}
