import Basics
package import Logging
import Logs
package import NIOCore
import Synchronization

/// Knows which node of a cluster has which keys: asks one of them each second, and tells the clients when it has changed.
///
/// While a client is in trouble, and every ten seconds, it asks several, for the one that was asked may be one that is cut off. A
/// question costs both sides about 50 µs.
package final class ClusterWatch: Sendable {
    private struct State {
        /// nil before the first answer.
        var map: SlotMap?
        /// Counts the changes, so that a client does not take an older map for the newest.
        var version = 0
        /// What was logged, up to which change, and until when nothing more is.
        var told: (map: SlotMap, version: Int, quietUntil: ContinuousClock.Instant)?
        /// Nodes that were named.
        var nodes: [RedisEndpoint.Address] = []
        /// Who answered at which address, and when.
        var answered: [RedisEndpoint.Address: (id: String, at: ContinuousClock.Instant)] = [:]
        /// When a node has last said that another one has a slot.
        var moved = ContinuousClock.now
        var followers: [Weak] = []
        /// Of the newest round.
        var failures: [String] = []
        /// Between rounds in which no node has answered.
        var backoff = Backoff(base: ClusterWatch.hurriedly, maximum: .seconds(2))
        /// No node answers, and at least one refuses to.
        var isRefused = false
        var task: Task<Void, Never>?
        /// Until when several nodes are asked, four times a second.
        var hurries = ContinuousClock.now
        /// A pause that ends when there is trouble.
        var pause: Task<Void, Never>?
    }

    private struct Weak: Sendable {
        weak var client: ClusterClient?
    }

    private static let (calmly, hurriedly) = (Duration.seconds(1), Duration.milliseconds(250))
    /// In one of so many calm rounds several nodes are asked.
    private static let calmRounds = 10
    /// For connecting to a node, and for its answer.
    private static let timeout: Duration = .milliseconds(500)
    /// So many nodes are asked at most in one round.
    private static let several = 8
    /// A node that no other one knows, and that has not answered for so long, is none of this cluster any more.
    private static let memory: Duration = .seconds(30)
    private static let gossip: Duration = .seconds(5)
    /// Slots may move by the thousand, one by one: what has moved is logged together.
    private static let quiet: Duration = .seconds(10)

    private let endpoint: RedisEndpoint
    private let named: [RedisEndpoint.Address]
    private let name: String?
    private let group: any EventLoopGroup
    private let logger: Logger
    private let state = Mutex(State())
    /// Opens with the first answer, or when nobody gave one in the first round.
    private let isAsked = Latch()

    /// Returns nil if the endpoint is no cluster; starts to ask when the map is first wanted.
    ///
    /// `name` is told to the nodes (CLIENT SETNAME). Slots that have another primary are logged.
    package init?(_ endpoint: RedisEndpoint, name: String?, group: any EventLoopGroup, logger: Logger) {
        guard case .cluster(let nodes) = endpoint.address else { return nil }
        self.endpoint = endpoint
        named = nodes
        self.name = name
        self.group = group
        self.logger = logger
    }

    deinit {
        state.withLock(\.task)?.cancel()
    }

    // MARK: Clients

    /// Returns as soon as a node has answered; throws `.unavailable` if none has, after several were asked.
    func untilKnown() async throws(RedisError) {
        start()
        await isAsked.wait()
        let (isKnown, failures) = state.withLock { ($0.map != nil, $0.failures) }
        guard !isKnown else { return }
        hurry()
        throw RedisError(
            .unavailable, command: "connect", message: failures.joined(separator: "; "))
    }

    /// The client is told of the map now, if it is known, and of all changes for as long as it lives.
    func follow(_ client: ClusterClient) {
        state.withLock { state in
            state.followers.removeAll { $0.client == nil }
            state.followers.append(Weak(client: client))
        }
        tell(client)
    }

    /// Gives the client the present map, if it is known.
    func tell(_ client: ClusterClient) { tell([Weak(client: client)]) }

    private func tell(_ followers: [Weak]) {
        let (map, version) = state.withLock { ($0.map, $0.version) }
        guard let map else { return }
        for follower in followers { follower.client?.take(map, version) }
    }

    /// A node that has slots, as far as is known.
    var someNode: RedisEndpoint.Address? { state.withLock(\.map)?.shards.first?.primary }

    /// The slots that no node has; nil before the first answer.
    var slotsWithoutNode: [Int]? {
        state.withLock(\.map).map { map in (0..<SlotMap.slots).filter { map.shard(of: $0) == nil } }
    }

    /// How many replicas a slot's primary has, as far as the cluster holds them for available; nil if that is not known.
    func replicas(of slot: Int) -> Int? {
        state.withLock { state in state.map.flatMap { map in map.shard(of: slot).flatMap { map.shards[$0].replicas } } }
    }

    /// To be called when a node does not do what is expected of it.
    func hurry() {
        state.withLock { state in
            state.hurries = .now + .seconds(1)
            state.pause?.cancel()
        }
    }

    /// To be called when a node has said that another one has a slot (MOVED).
    func move(_ slot: Int, to address: RedisEndpoint.Address) {
        let followers = state.withLock { state -> [Weak] in
            state.moved = .now
            guard state.map?.move(slot, to: address) == true else { return [] }
            state.version += 1
            return state.followers
        }
        tell(followers)
        hurry()
    }

    // MARK: Questions

    private func start() {
        state.withLock { state in
            guard state.task == nil else { return }
            state.task = Task { [weak self] in
                var connections: [RedisEndpoint.Address: RedisConnection] = [:]
                defer { for connection in connections.values { connection.close() } }
                var round = 0
                while !Task.isCancelled {
                    guard let pause = await self?.ask(&connections, round: round) else { return }
                    round += 1
                    await pause.value
                }
            }
        }
    }

    /// One round; returns the pause behind it.
    private func ask(
        _ connections: inout [RedisEndpoint.Address: RedisConnection], round: Int
    ) async -> Task<Void, Never> {
        let known = connections.first { $0.value.isActive }?.key
        let isCalm = state.withLock { $0.hurries < .now }
        let asked = isCalm && round % Self.calmRounds > 0 ? known.map { [$0] } ?? several(nil) : several(known)
        let before = connections
        connections = [:]
        var failures: [(words: String, isRefusal: Bool)] = []
        await withTaskGroup(of: (RedisEndpoint.Address, Result<Opened, RedisError>).self) { group in
            for address in asked {
                let connection = before[address]
                group.addTask { (address, await self.ask(address, connection)) }
            }
            for await (address, result) in group {
                switch result {
                case .success(let (connection, answer)):
                    connections[address] = connection
                    note(answer, from: address)
                case .failure(let error):
                    failures.append((error.message.named(by: endpoint.at(address)), !error.isOutage))
                }
            }
        }
        for (address, connection) in before where connections[address] == nil { connection.close() }
        let pause = state.withLock { state in
            state.failures = failures.map(\.words).sorted()
            // Nobody answers: each question may be a line in an ACL LOG.
            var length = connections.isEmpty ? state.backoff.next() : Self.hurriedly
            let isCalm = !connections.isEmpty && state.hurries < .now
            if isCalm { length = Self.calmly }
            if !connections.isEmpty { state.backoff.reset() }
            let pause = Task { [length] in _ = try? await Task.sleep(for: length) }
            state.pause = isCalm ? pause : nil
            return pause
        }
        isAsked.open()
        tellRefusal(failures, isHeard: !connections.isEmpty)
        return pause
    }

    /// Logs once that all nodes refuse to be asked, although they serve commands, and once that one does not.
    private func tellRefusal(_ failures: [(words: String, isRefusal: Bool)], isHeard: Bool) {
        let refusals = failures.filter(\.isRefusal).map(\.words).sorted()
        let (isLost, isBack) = state.withLock { state in
            guard state.map != nil else { return (false, false) }
            let was = state.isRefused
            state.isRefused = isHeard ? false : was || !refusals.isEmpty
            return (state.isRefused && !was, was && !state.isRefused)
        }
        if isLost {
            logger.warning(
                .clusterLost,
                metadata: [LogKey.redis: "\(endpoint)", LogKey.error: "\(refusals.joined(separator: "; "))"])
        } else if isBack {
            logger.notice(.clusterBack, metadata: [LogKey.redis: "\(endpoint)"])
        }
    }

    /// Nodes to ask, `first` among them.
    private func several(_ first: RedisEndpoint.Address?) -> [RedisEndpoint.Address] {
        var nodes = [first].compactMap(\.self)
        let known = state.withLock { $0.nodes + ($0.map?.shards.map(\.primary) ?? []) }
        for node in (known + named).shuffled()
        where nodes.count < Self.several && !nodes.contains(node) {
            nodes.append(node)
        }
        return nodes
    }

    private typealias Opened = (RedisConnection, ClusterAnswer)

    private func ask(
        _ address: RedisEndpoint.Address, _ known: RedisConnection?
    ) async -> Result<Opened, RedisError> {
        let connection: RedisConnection
        if let known, known.isActive {
            connection = known
        } else {
            do throws(RedisConnection.OpenFailure) {
                connection = try await RedisConnection.open(
                    endpoint.at(address), name: name, group: group, timeout: Self.timeout)
            } catch {
                return .failure(error.error)
            }
        }
        let replies = await withUnsafeContinuation { continuation in
            connection.send(
                [RedisCommand("CLUSTER", "SLOTS"), RedisCommand("CLUSTER", "NODES")], timeout: Self.timeout
            ) { continuation.resume(returning: $0) }
        }
        do throws(RedisError) {
            let (slots, nodes) = (try replies[0].get(), try replies[1].get())
            return .success((connection, try ClusterAnswer(slots: slots, nodes: nodes, asked: address)))
        } catch {
            connection.close()
            return .failure(error)
        }
    }

    /// Takes over what was answered; if a slot has another primary, tells it.
    private func note(_ answer: ClusterAnswer, from address: RedisEndpoint.Address) {
        let (followers, maps) = state.withLock { state -> ([Weak], (old: SlotMap, new: SlotMap)?) in
            let now = ContinuousClock.now
            state.answered = state.answered.filter { now - $0.value.at < Self.memory }
            state.answered[address] = (answer.id, now)
            // One that has been taken out of the cluster knows none.
            if !answer.nodes.isEmpty { state.nodes = answer.nodes }
            let present = Set(state.answered.values.map(\.id)).union(answer.known)
            var map = state.map ?? SlotMap()
            // A redirect is forgotten when the nodes must have heard of what it said.
            let isSettled = now - state.moved > Self.gossip
            let hasChanged = map.merge(answer.map, from: answer.id) { $0.isEmpty ? isSettled : !present.contains($0) }
            let isFirst = state.map == nil
            state.map = map
            if hasChanged || isFirst { state.version += 1 }
            let followers = hasChanged || isFirst ? state.followers : []
            let told = state.told ?? (map, state.version, now)
            guard told.version < state.version, told.quietUntil <= now else {
                state.told = told
                return (followers, nil)
            }
            state.told?.version = state.version
            return (followers, (told.map, map))
        }
        tell(followers)
        isAsked.open()
        guard let maps else { return }
        let moves = maps.new.moves(since: maps.old)
        guard !moves.isEmpty else { return }
        state.withLock { state in
            state.told?.map = maps.new
            state.told?.quietUntil = .now + Self.quiet
        }
        for (server, words) in moves {
            logger.notice(
                .redisMoved, metadata: [LogKey.redis: "\(endpoint.at(server))", LogKey.detail: "\(words)"])
        }
    }
}

extension String {
    /// Who cannot connect names the address already.
    fileprivate func named(by endpoint: RedisEndpoint) -> String {
        hasPrefix("\(endpoint)") ? self : "\(endpoint): \(self)"
    }
}
