import NIOCore
import Synchronization

/// A client's connections to the nodes of a cluster: each command goes to the node that has its key.
///
/// Follows redirects, for they say that the command did not run. What a node did not answer is not sent again.
final class ClusterClient: Sendable {
    private struct State {
        /// nil before the watch has told it.
        var map: SlotMap?
        var version = -1
        /// The shards' nodes, as far as they have been needed.
        var primaries: [RedisNode?] = []
        /// Nodes that were only named by a redirect, each with when, the newest last.
        var others: [(node: RedisNode, at: ContinuousClock.Instant)] = []
        var isClosed = false
        /// No node has answered yet, which was told.
        var isLost = false
        /// See `connections`.
        var changes = 0
    }

    private let endpoint: RedisEndpoint
    let watch: ClusterWatch
    private let group: any EventLoopGroup
    private let open: @Sendable (RedisEndpoint) -> RedisNode
    private let outage: RedisOutage
    private let state = Mutex(State())

    /// After so many redirects a command fails with the last one.
    private static let mostRedirects = 5
    /// How long to wait for what is about to be known, or to have moved.
    private static let untilMoved: TimeAmount = .milliseconds(50)
    private static let mostOthers = 8
    /// One that no redirect has named for so long is left.
    private static let memory: Duration = .seconds(10)

    /// `open` makes the node at an endpoint.
    init(
        _ endpoint: RedisEndpoint, watch: ClusterWatch, group: any EventLoopGroup, outage: RedisOutage,
        open: @escaping @Sendable (RedisEndpoint) -> RedisNode
    ) {
        self.endpoint = endpoint
        self.watch = watch
        self.group = group
        self.outage = outage
        self.open = open
        watch.follow(self)
    }

    deinit {
        if state.withLock(\.isLost) { outage.ends(nil) }
    }

    /// Another one, with connections of its own.
    func separate() -> ClusterClient {
        ClusterClient(endpoint, watch: watch, group: group, outage: outage, open: open)
    }

    /// Changes whenever a key's commands may have gone out on another connection than before; 0 while there is none.
    var connections: Int {
        state.withLock { state in
            let nodes = Set(state.primaries.compactMap { $0.map(ObjectIdentifier.init) })
            let opened = state.primaries.reduce(into: (0, nodes)) { sum, node in
                // Two shards may have one address.
                if let node, sum.1.remove(ObjectIdentifier(node)) != nil { sum.0 += node.connections }
            }.0
            return opened == 0 ? 0 : opened + state.changes
        }
    }

    // MARK: Nodes

    /// Called by the watch; an older version than one that came before is ignored.
    func take(_ map: SlotMap, _ version: Int) {
        let (gone, wasLost) = state.withLock { state -> ([RedisNode], Bool) in
            guard version > state.version, !state.isClosed else { return ([], false) }
            let others = state.others.map(\.node)
            let old = state.primaries.compactMap(\.self) + others
            state.primaries = map.shards.map { shard in old.first { $0.endpoint.address == shard.primary } }
            let rest = old.filter { node in !state.primaries.contains { $0 === node } }
            // One that was only named by a redirect may be about to have its first slot.
            state.others = state.others.filter { other in rest.contains { $0 === other.node } }
            let gone = rest.filter { node in !others.contains { $0 === node } }
            // Their connections are counted no more, and numbers must not come again.
            state.changes += 1 + gone.reduce(0) { $0 + $1.connections }
            (state.map, state.version) = (map, version)
            defer { state.isLost = false }
            return (gone, state.isLost)
        }
        if wasLost { outage.ends(endpoint) }
        for node in gone { node.leave(for: endpoint) }
    }

    private enum Place {
        case node(RedisNode)
        /// No node has the slot.
        case nowhere
        /// The map is not known yet.
        case unknown
    }

    private func place(of slot: Int?) -> Place {
        state.withLock { state in
            guard let map = state.map else { return .unknown }
            guard let index = slot.map({ map.shard(of: $0) }) ?? (map.shards.isEmpty ? nil : 0) else { return .nowhere }
            return .node(primary(index, map, &state))
        }
    }

    private func primary(_ index: Int, _ map: SlotMap, _ state: inout State) -> RedisNode {
        if let node = state.primaries[index] { return node }
        let node = opened(map.shards[index].primary, state)
        state.primaries[index] = node
        return node
    }

    private func opened(_ address: RedisEndpoint.Address, _ state: State) -> RedisNode {
        let node = open(endpoint.at(address))
        if state.isClosed { node.close() }
        return node
    }

    /// The node that a redirect names.
    private func node(at address: RedisEndpoint.Address) -> RedisNode {
        let (node, gone) = state.withLock { state -> (RedisNode, RedisNode?) in
            if let map = state.map, let index = map.shards.firstIndex(where: { $0.primary == address }) {
                return (primary(index, map, &state), nil)
            }
            let known = state.others.firstIndex { $0.node.endpoint.address == address }.map {
                state.others.remove(at: $0)
            }
            let node = known?.node ?? opened(address, state)
            state.others.append((node, .now))
            return (node, state.others.count > Self.mostOthers ? state.others.removeFirst().node : nil)
        }
        gone?.leave(for: endpoint)
        // Otherwise one that is away would count as an outage for good.
        group.next().scheduleTask(in: TimeAmount(Self.memory)) { [weak self] in self?.leaveUnused() }
        return node
    }

    private func leaveUnused() {
        let unused = state.withLock { state in
            let old = state.others.filter { $0.at + Self.memory <= .now }
            state.others.removeAll { $0.at + Self.memory <= .now }
            return old
        }
        for (node, _) in unused { node.leave(for: endpoint) }
    }

    /// The node of a slot, or of the first slots for nil.
    private func find(_ slot: Int?, for command: String) async throws(RedisError) -> RedisNode {
        try await untilKnown()
        guard case .node(let node) = place(of: slot) else { throw Self.nowhere(command) }
        return node
    }

    /// Returns when there is a map.
    private func untilKnown() async throws(RedisError) {
        do throws(RedisError) {
            try await watch.untilKnown()
        } catch {
            // Whoever takes the map ends the outage, and must find it begun.
            state.withLock { state in
                guard !state.isClosed, state.map == nil, !state.isLost else { return }
                state.isLost = true
                outage.begins(endpoint, error)
            }
            throw error
        }
        watch.tell(self)
    }

    private static func nowhere(_ command: String) -> RedisError {
        RedisError(.server("CLUSTERDOWN"), command: command, message: "CLUSTERDOWN no node of the cluster has its slot")
    }

    /// The primary that has a key, with the number of its replicas if that is known.
    func shard(of key: String) async throws(RedisError) -> (RedisNode, slot: Int, replicas: Int?) {
        let slot = SlotMap.slot(of: key.utf8)
        return (try await find(slot, for: "CLUSTER SLOTS"), slot, watch.replicas(of: slot))
    }

    /// All primaries, at least one, each with one of its slots and the number of its replicas if that is known.
    func shards() async throws(RedisError) -> [(RedisNode, slot: Int, replicas: Int?)] {
        try await untilKnown()
        let found = state.withLock { state -> [(RedisNode, slot: Int, replicas: Int?)] in
            guard let map = state.map else { return [] }
            var first: [Int: Int] = [:]
            for slot in 0..<SlotMap.slots {
                if let shard = map.shard(of: slot), first[shard] == nil { first[shard] = slot }
            }
            return first.sorted { $0.value < $1.value }.map { index, slot in
                (primary(index, map, &state), slot, map.shards[index].replicas)
            }
        }
        guard !found.isEmpty else { throw Self.nowhere("CLUSTER SLOTS") }
        return found
    }

    func close() {
        let (nodes, wasLost) = state.withLock { state in
            state.isClosed = true
            defer { state.isLost = false }
            return (state.primaries.compactMap(\.self) + state.others.map(\.node), state.isLost)
        }
        if wasLost { outage.ends(nil) }
        for node in nodes { node.close() }
    }

    /// Closes all connections; the next commands open others.
    func dropConnections() {
        let nodes = state.withLock { $0.primaries.compactMap(\.self) + $0.others.map(\.node) }
        for node in nodes { node.dropConnection() }
    }

    // MARK: Commands

    /// As of `RedisNode`; a command that is not `wanted` any more is not redirected.
    func send(
        _ command: RedisCommand, running script: RedisScript?, timeout: Duration?, mayReconnect: Bool = true,
        wanted: @escaping @Sendable () -> Bool = { true }, _ complete: @escaping RedisCompletion
    ) {
        let slot = Self.slot(of: command)
        let last: Completion = { complete($0[0].orError(command, running: script)) }
        // Most commands are not redirected, and have little more to carry than to one server.
        guard case .node(let node) = place(of: slot) else {
            return send([command], timeout: timeout, left: Self.mostRedirects, wanted, last)
        }
        node.send(command, running: script, timeout: timeout, mayReconnect: mayReconnect) { [self] result in
            guard case .failure(let error) = result, wanted(), let next = next(after: error, from: node, slot) else {
                return complete(result)
            }
            go(next, [command], timeout: timeout, left: Self.mostRedirects, wanted, last)
        }
    }

    /// As of `RedisNode`, on the connection to the node that has the keys; if they have several slots, each command for itself.
    func send(_ commands: [RedisCommand], timeout: Duration?, _ complete: @escaping Completion) {
        guard Set(commands.compactMap(Self.slot)).count > 1 else {
            return send(commands, timeout: timeout, left: Self.mostRedirects, { true }, complete)
        }
        let results = Results(commands.count, complete)
        for (place, command) in commands.enumerated() {
            send([command], timeout: timeout, left: Self.mostRedirects, { true }) { results.take($0[0], of: place) }
        }
    }

    /// Gathers results that come in any order.
    private final class Results: Sendable {
        private let found: Mutex<[Result<RedisReply, RedisError>?]>
        private let complete: Completion

        init(_ count: Int, _ complete: @escaping Completion) {
            found = Mutex(Array(repeating: nil, count: count))
            self.complete = complete
        }

        func take(_ result: Result<RedisReply, RedisError>, of place: Int) {
            let all = found.withLock { found in
                found[place] = result
                return found.compactMap(\.self).count == found.count ? found.compactMap(\.self) : nil
            }
            if let all { complete(all) }
        }
    }

    typealias Completion = @Sendable ([Result<RedisReply, RedisError>]) -> Void
    private typealias Wanted = @Sendable () -> Bool

    private func send(
        _ commands: [RedisCommand], timeout: Duration?, left: Int, _ wanted: @escaping Wanted,
        _ complete: @escaping Completion
    ) {
        let slot = Self.slot(of: commands[0])
        switch place(of: slot) {
        case .node(let node): send(commands, to: node, timeout: timeout, left: left, wanted, complete)
        case .nowhere:
            watch.hurry()
            complete(commands.map { .failure(Self.nowhere($0.name)) })
        case .unknown:
            Task {
                do throws(RedisError) {
                    let node = try await find(slot, for: commands[0].name)
                    guard wanted() else { return complete(Self.unsent(commands)) }
                    send(commands, to: node, timeout: timeout, left: left, wanted, complete)
                } catch {
                    let error = RedisError(error.code, command: commands[0].name, message: error.message)
                    complete(commands.map { _ in .failure(error) })
                }
            }
        }
    }

    /// With `asking` the node also runs the first command if it does not have the slot yet, but is about to.
    ///
    /// Another command behind that is refused there if it has a key: what it would find may not have moved yet.
    private func send(
        _ commands: [RedisCommand], to node: RedisNode, asking: Bool = false, timeout: Duration?, left: Int,
        _ wanted: @escaping Wanted, _ complete: @escaping Completion
    ) {
        node.send((asking ? [RedisCommand("ASKING")] : []) + commands, timeout: timeout) { [self] results in
            if asking, case .failure(let error) = results[0].orError(RedisCommand("ASKING"), running: nil) {
                return complete(commands.map { _ in .failure(error) })
            }
            let results = asking ? Array(results.dropFirst()) : results
            guard case .failure(let error) = results[0].orError(commands[0], running: nil), wanted(),
                let next = next(after: error, from: node, Self.slot(of: commands[0]))
            else { return complete([results[0]] + zip(commands, results).dropFirst().map { $1.afterMove($0) }) }
            guard left > 0 else {
                return complete(commands.map { _ in .failure(error.afterMove) })
            }
            go(next, commands, timeout: timeout, left: left, wanted, complete)
        }
    }

    /// Where to go with a command that has not run.
    private enum Next {
        case node(RedisNode, asking: Bool)
        /// The nodes do not agree yet.
        case later
    }

    /// The first redirect is followed at once; after more of them, nodes disagree that will soon have heard of each other.
    private func go(
        _ next: Next, _ commands: [RedisCommand], timeout: Duration?, left: Int, _ wanted: @escaping Wanted,
        _ complete: @escaping Completion
    ) {
        if case .node(let node, let asking) = next, left == Self.mostRedirects {
            return send(commands, to: node, asking: asking, timeout: timeout, left: left - 1, wanted, complete)
        }
        group.next().scheduleTask(in: Self.untilMoved) { [self] in
            guard wanted() else { return complete(Self.unsent(commands)) }
            switch next {
            case .node(let node, let asking):
                send(commands, to: node, asking: asking, timeout: timeout, left: left - 1, wanted, complete)
            case .later: send(commands, timeout: timeout, left: left - 1, wanted, complete)
            }
        }
    }

    /// Takes over what an error says of the cluster; returns nil if the command may have run, or would fail elsewhere too.
    private func next(after error: RedisError, from node: RedisNode, _ slot: Int?) -> Next? {
        var next: Next?
        switch Redirect(error, from: node.endpoint.address) {
        case .moved(let slot, let address):
            watch.move(slot, to: address)
            next = .node(self.node(at: address), asking: false)
        case .ask(let address): next = .node(self.node(at: address), asking: true)
        case .tryAgain: next = .later
        case nil:
            if error.isOutage || error.code == .server("CLUSTERDOWN") { watch.hurry() }
            // It was not sent, and another node may have the slot by now.
            if error.code == .unavailable, let slot, case .node(let now) = place(of: slot), now !== node {
                next = .node(now, asking: false)
            }
        }
        // Its reply comes on another connection than that of the commands before.
        if next != nil { state.withLock { $0.changes += 1 } }
        return next
    }

    private static func unsent(_ commands: [RedisCommand]) -> [Result<RedisReply, RedisError>] {
        commands.map { .failure(RedisError(.unavailable, command: $0.name, message: "it was cancelled")) }
    }

    private static func slot(of command: RedisCommand) -> Int? { command.key.map { SlotMap.slot(of: $0) } }
}

extension Result<RedisReply, RedisError> {
    /// The same with a redirect, which an error reply may be, as one that says to try again.
    func afterMove(_ command: RedisCommand) -> Self {
        guard case .failure(let error) = orError(command, running: nil) else { return self }
        let moved = error.afterMove
        return moved == error ? self : .success(.error(moved.message))
    }

    /// The same with an error reply as a failure.
    func orError(_ command: RedisCommand, running script: RedisScript?) -> Self {
        guard case .success(.error(let text)) = self else { return self }
        return .failure(RedisError(serverError: text, command: command.name, running: script))
    }
}
