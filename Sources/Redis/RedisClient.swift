package import Logging
package import NIOCore
import Synchronization

/// A Redis, or a cluster: one connection to each server, shared by all callers, whose commands it pipelines.
///
/// Connects when first asked; see `RedisNode` for what happens when a connection is lost. Blocking commands (XREAD BLOCK) need a
/// client of their own: they hold up everybody behind them.
///
/// Where Sentinels name the primary, the client follows it; in a cluster each command goes to the node that has its key, and all
/// keys of one command or script must have one slot. Nothing is sent again that may have run.
package final class RedisClient: Sendable {
    package let endpoint: RedisEndpoint
    private let outage: RedisOutage
    private let servers: Servers
    /// Shared with the clients of a cluster's nodes.
    private let denials: RedisDenials
    /// Of a client of one node of a cluster: one of its slots, and how many replicas it has.
    private let shard: (slot: Int, replicas: Int?)?

    private enum Servers {
        case one(RedisNode)
        case cluster(ClusterClient)
    }

    /// `timeout` is what a command has that is given none of its own.
    ///
    /// Clients that share an outage tell it together, and those that share a topology find their servers together; nil is for an
    /// endpoint that is the server itself.
    package init(
        _ endpoint: RedisEndpoint, name: String? = nil, timeout: Duration = .seconds(5), group: any EventLoopGroup,
        outage: RedisOutage, topology: RedisTopology?
    ) {
        self.endpoint = endpoint
        self.outage = outage
        denials = RedisDenials()
        shard = nil
        servers =
            switch topology {
            case .cluster(let watch):
                .cluster(
                    ClusterClient(endpoint, watch: watch, group: group, outage: outage) { node in
                        RedisNode(node, name: name, timeout: timeout, group: group, outage: outage, isOfCluster: true)
                    })
            case .sentinel(let watch):
                .one(RedisNode(endpoint, name: name, timeout: timeout, group: group, outage: outage, watch: watch))
            case nil: .one(RedisNode(endpoint, name: name, timeout: timeout, group: group, outage: outage))
            }
    }

    /// As the other, with an outage and a topology of its own, which are told to `logger`.
    package convenience init(
        _ endpoint: RedisEndpoint, name: String? = nil, timeout: Duration = .seconds(5), group: any EventLoopGroup,
        logger: Logger
    ) {
        self.init(
            endpoint, name: name, timeout: timeout, group: group, outage: RedisOutage(logger: logger),
            topology: RedisTopology(endpoint, name: name, group: group, logger: logger))
    }

    /// Another client beside `other`.
    private init(_ servers: Servers, _ endpoint: RedisEndpoint, beside other: RedisClient, _ shard: (Int, Int?)?) {
        (self.servers, self.endpoint, self.shard) = (servers, endpoint, shard)
        (outage, denials) = (other.outage, other.denials)
    }

    // MARK: Servers

    /// Another client of the same Redis, with connections of its own.
    package func separate() -> RedisClient {
        switch servers {
        case .one(let node): RedisClient(.one(node.separate()), endpoint, beside: self, shard)
        case .cluster(let cluster): RedisClient(.cluster(cluster.separate()), endpoint, beside: self, nil)
        }
    }

    /// The server itself: the endpoint, or the primary that Sentinels named last; of a cluster all, by one node that is known.
    package var server: RedisEndpoint {
        switch servers {
        case .one(let node): node.server
        case .cluster(let cluster): cluster.watch.someNode.map { endpoint.at(.cluster(nodes: [$0])) } ?? endpoint
        }
    }

    /// The slots of a cluster that no node has, so that commands on their keys fail; empty for a server.
    package var slotsWithoutNode: [Int] {
        if case .cluster(let cluster) = servers { cluster.watch.slotsWithoutNode ?? [] } else { [] }
    }

    /// The one server that has the key: in a cluster a client of that node, which shares its connection and must not be closed,
    /// and else this client.
    ///
    /// When the key has moved to another node, commands on it fail with TRYAGAIN; when this node has no keys any more, all fail with
    /// `.unavailable`.
    package func server(of key: String) async throws(RedisError) -> RedisClient {
        guard case .cluster(let cluster) = servers else { return self }
        let (node, slot, replicas) = try await cluster.shard(of: key)
        return RedisClient(.one(node), node.endpoint, beside: self, (slot, replicas))
    }

    /// All servers that hold keys, at least one, as by `server(of:)`; this client unless it is of a cluster.
    package func allServers() async throws(RedisError) -> [RedisClient] {
        guard case .cluster(let cluster) = servers else { return [self] }
        return try await cluster.shards().map { node, slot, replicas in
            RedisClient(.one(node), node.endpoint, beside: self, (slot, replicas))
        }
    }

    /// The key, or in a cluster one that begins with it and lies on this server.
    package func ownKey(_ key: String) -> String {
        guard let shard else { return key }
        return key + SlotMap.tag(of: shard.slot)
    }

    /// How many replicas the Sentinels know, those that are away included, or a cluster holds for available; nil for one server.
    package var knownReplicas: Int? {
        guard case .one(let node) = servers else { return nil }
        return shard == nil ? node.knownReplicas : shard?.replicas
    }

    /// Counts the connections that have been opened.
    ///
    /// The same number before a command and behind its reply says that the reply came on the connection with this number; 0
    /// is none. In a cluster it also changes with the node that has a key.
    package var connections: Int {
        switch servers {
        case .one(let node): node.connections
        case .cluster(let cluster): cluster.connections
        }
    }

    /// To be called when a server was found to be a replica where its primary is wanted: its name is resolved again.
    package func noteReplica() {
        if case .one(let node) = servers { node.noteReplica() }
    }

    /// Closes for good.
    ///
    /// Commands fail from now on.
    package func close() {
        switch servers {
        case .one(let node): node.close()
        case .cluster(let cluster): cluster.close()
        }
    }

    // MARK: Commands

    /// Sends the command and returns its reply; an error reply is thrown.
    ///
    /// The timeout counts from when there is a connection and, when it passes, closes it. Cancelling the task does not:
    /// a shared connection must not suffer for one caller.
    package func send(
        _ command: RedisCommand, timeout: Duration? = nil
    ) async throws(RedisError) -> RedisReply {
        try await send(command, running: nil, timeout: timeout)
    }

    /// `script` is what the command runs: an error of its own names a line of it.
    func send(
        _ command: RedisCommand, running script: RedisScript?, timeout: Duration?
    ) async throws(RedisError) -> RedisReply {
        let result = await withUnsafeContinuation { continuation in
            send(command, running: script, timeout: timeout) { continuation.resume(returning: $0) }
        }
        guard shard != nil, case .failure(let error) = result else { return try result.get() }
        throw error.afterMove
    }

    /// As the other, without a task: `complete` is called once, on a connection's event loop; where there is no connection, from any
    /// thread, or at once.
    package func send(_ command: RedisCommand, timeout: Duration? = nil, _ complete: @escaping RedisCompletion) {
        send(command, running: nil, timeout: timeout, complete)
    }

    private func send(
        _ command: RedisCommand, running script: RedisScript?, timeout: Duration?,
        _ complete: @escaping RedisCompletion
    ) {
        switch servers {
        case .one(let node): node.send(command, running: script, timeout: timeout, mayReconnect: true, complete)
        case .cluster(let cluster): cluster.send(command, running: script, timeout: timeout, complete)
        }
    }

    /// Sends both, one right behind the other, such as a write and the WAIT for it; their replies.
    ///
    /// Both go on one connection, except in a cluster if both have keys, and these have different slots.
    /// An error reply stays a value. Fails when the first has no reply, or the second has none after the first had one.
    package func send(
        _ first: RedisCommand, then second: RedisCommand, timeout: Duration? = nil
    ) async throws(RedisError) -> (RedisReply, RedisReply) {
        let replies = await withUnsafeContinuation { continuation in
            let complete: @Sendable ([Result<RedisReply, RedisError>]) -> Void = { continuation.resume(returning: $0) }
            switch servers {
            case .one(let node): node.send([first, second], timeout: timeout, complete)
            case .cluster(let cluster): cluster.send([first, second], timeout: timeout, complete)
            }
        }
        return (try replies[0].get(), try replies[1].get())
    }

    /// As `send`, for a command that makes Redis wait: cancelling the task closes the connection and ends the wait.
    package func sendBlocking(_ command: RedisCommand, timeout: Duration) async throws(RedisError) -> RedisReply {
        let isCancelled = Flag()
        let result = await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                let complete: RedisCompletion = { continuation.resume(returning: $0) }
                switch servers {
                case .one(let node): node.send(command, running: nil, timeout: timeout, mayReconnect: false, complete)
                case .cluster(let cluster):
                    cluster.send(
                        command, running: nil, timeout: timeout, mayReconnect: false,
                        wanted: { !isCancelled.value.load(ordering: .relaxed) }, complete)
                }
            }
        } onCancel: {
            isCancelled.value.store(true, ordering: .relaxed)
            switch servers {
            case .one(let node): node.dropConnection()
            case .cluster(let cluster): cluster.dropConnections()
            }
        }
        return try result.get()
    }

    /// Like `send`, for repeated checks: a command that the user may not run is not sent again for some minutes, and throws the
    /// last error again.
    ///
    /// Each refusal adds a line to Redis' ACL LOG.
    package func sendUnlessDenied(_ command: RedisCommand) async throws(RedisError) -> RedisReply {
        try await denials.unlessDenied(command, by: endpoint) { () throws(RedisError) in try await send(command) }
    }

    private final class Flag: Sendable {
        let value = Atomic(false)
    }

    // MARK: Pauses

    /// Sleeps for the duration, but no longer than until Redis is back, if it is away; throws if the task is cancelled.
    package func sleep(for duration: Duration) async throws(CancellationError) {
        try await outage.sleep(for: duration, watches: false)
    }

    /// As `sleep`, but no longer than until a connection to Redis ends: then what was read from it may be different.
    package func watch(for duration: Duration) async throws(CancellationError) {
        try await outage.sleep(for: duration, watches: true)
    }
}

/// Finds the servers of an endpoint that is not a server itself; shared by its clients.
package enum RedisTopology: Sendable {
    case sentinel(SentinelWatch)
    case cluster(ClusterWatch)

    /// Returns nil if the endpoint is a server.
    ///
    /// `name` is told to the servers that are asked (CLIENT SETNAME). What changes, and who is away, is logged.
    package init?(_ endpoint: RedisEndpoint, name: String?, group: any EventLoopGroup, logger: Logger) {
        if let watch = SentinelWatch(endpoint, name: name, group: group, logger: logger) {
            self = .sentinel(watch)
        } else if let watch = ClusterWatch(endpoint, name: name, group: group, logger: logger) {
            self = .cluster(watch)
        } else {
            return nil
        }
    }
}
