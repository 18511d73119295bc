import Basics

/// What a node of a cluster says of it, read from CLUSTER SLOTS and CLUSTER NODES.
///
/// The first has the addresses that clients are to use (`cluster-preferred-endpoint-type`), the second the configuration epochs
/// (https://redis.io/docs/latest/commands/cluster-slots/, https://redis.io/docs/latest/commands/cluster-nodes/).
struct ClusterAnswer: Sendable {
    let map: SlotMap
    /// All nodes that it can name: primaries and replicas that have slots.
    let nodes: [RedisEndpoint.Address]
    /// The ids of all nodes that it knows.
    let known: Set<String>
    /// Its own id.
    let id: String

    init(slots: RedisReply, nodes: RedisReply, asked: RedisEndpoint.Address) throws(RedisError) {
        for (reply, command) in [(slots, "CLUSTER SLOTS"), (nodes, "CLUSTER NODES")] {
            guard case .error(let text) = reply else { continue }
            guard !text.hasPrefix("ERR This instance has cluster support disabled") else {
                throw RedisError(
                    .unexpectedReply, command: command,
                    message: "it is no node of a cluster; the URL of one server begins with redis:// or rediss://")
            }
            throw RedisError(serverError: text, command: command)
        }
        var (epochs, own) = ([String: Int64](), String?.none)
        for line in (nodes.text ?? "").split(whereSeparator: \.isNewline) {
            // <id> <address> <flags> <primary> <ping> <pong> <epoch> <link> <slots>…
            let words = line.split(separator: " ")
            guard words.count > 7, let epoch = Int64(words[6]) else { continue }
            epochs[String(words[0])] = epoch
            if words[2].split(separator: ",").contains("myself") { own = String(words[0]) }
        }
        guard let own else {
            throw RedisError(.unexpectedReply, command: "CLUSTER NODES", message: "its answer cannot be read")
        }
        (known, id) = (Set(epochs.keys), own)
        (map, self.nodes) = try Self.read(slots, epochs, asked)
    }

    private static func read(
        _ reply: RedisReply, _ epochs: [String: Int64], _ asked: RedisEndpoint.Address
    ) throws(RedisError) -> (SlotMap, [RedisEndpoint.Address]) {
        let unusable = RedisError(.unexpectedReply, command: "CLUSTER SLOTS", message: "its answer cannot be read")
        guard let ranges = reply.array, ranges.count <= SlotMap.slots else { throw unusable }
        var (shards, places, owners) = ([SlotMap.Shard](), [String: Int](), [(ClosedRange<Int>, Int)]())
        var nodes: [RedisEndpoint.Address] = []
        for range in ranges {
            guard let parts = range.array, parts.count > 2, let first = parts[0].integer, let last = parts[1].integer,
                0 <= first, first <= last, last < SlotMap.slots, let (id, primary) = node(parts[2], asked)
            else { throw unusable }
            let replicas = parts[3...].compactMap { node($0, asked)?.1 }
            let place = places[id] ?? shards.count
            if place == shards.count {
                places[id] = place
                shards.append(
                    SlotMap.Shard(id: id, epoch: epochs[id] ?? 0, primary: primary, replicas: replicas.count))
                nodes += [primary] + replicas
            }
            owners.append((Int(first)...Int(last), place))
        }
        guard let map = SlotMap(shards, owners) else { throw unusable }
        return (map, nodes)
    }

    /// Reads an id and an address; a node whose name is not told is on the host that was `asked`.
    private static func node(
        _ reply: RedisReply, _ asked: RedisEndpoint.Address
    ) -> (id: String, RedisEndpoint.Address)? {
        guard let parts = reply.array, parts.count > 2, let port = parts[1].integer, (1...65_535).contains(port),
            let id = parts[2].text, !id.isEmpty
        else { return nil }
        var name = parts[0].text.flatMap { $0.isEmpty ? nil : $0 }
        if name == "?" {
            // A node without the name that is preferred has others, as pairs such as `ip`, `10.0.0.7`.
            let others = parts.count > 3 ? parts[3].array ?? [] : []
            name = stride(from: 1, to: others.count, by: 2).lazy.compactMap { others[$0].text }.first { !$0.isEmpty }
        }
        return asked.host(name, port: Int(port)).map { (id, $0) }
    }
}

extension RedisEndpoint.Address {
    /// Another server: on the host with this name, or if that is nil on the same host.
    func host(_ name: String?, port: Int) -> Self? {
        if let name { return HostName.fault(of: name) == nil ? .tcp(host: name, port: port) : nil }
        guard case .tcp(let host, _) = self else { return nil }
        return .tcp(host: host, port: port)
    }
}

/// What a node answers that is not the one to run a command
/// (https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/, "Redirection and resharding").
enum Redirect: Equatable {
    /// Another node has the slot.
    case moved(slot: Int, RedisEndpoint.Address)
    /// Another node may have this key, and is about to have the slot.
    case ask(RedisEndpoint.Address)
    /// Of several keys some are at another node already, or a node that is no primary any more has ended a wait (UNBLOCKED).
    case tryAgain

    /// Returns nil for any other error; a redirect without a host means the host that it comes from.
    init?(_ error: RedisError, from address: RedisEndpoint.Address) {
        guard case .server(let kind) = error.code else { return nil }
        if kind == "TRYAGAIN" || kind == "UNBLOCKED" {
            self = .tryAgain
            return
        }
        let words = error.message.split(separator: " ")
        guard kind == "MOVED" || kind == "ASK", words.count == 3, let slot = Int(words[1]),
            (0..<SlotMap.slots).contains(slot), let colon = words[2].lastIndex(of: ":"),
            let port = Int(words[2][words[2].index(after: colon)...]), (1...65_535).contains(port)
        else { return nil }
        let host = String(words[2][..<colon])
        guard let place = address.host(host.isEmpty || host == "?" ? nil : host, port: port) else { return nil }
        self = kind == "ASK" ? .ask(place) : .moved(slot: slot, place)
    }
}
