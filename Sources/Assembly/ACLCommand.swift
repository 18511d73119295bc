import Basics
import Redis
import Tape
import Workers

/// `cointape acl`: the commands that give each worker a Redis user with the rights that it needs, and no others.
package enum ACLCommand {
    /// Lines for bash, one Redis after another; comments say what each is for.
    ///
    /// Connects to nothing. Throws all mistakes of the configs together.
    package static func run(_ paths: [String], environment: Environment) throws -> [String] {
        let configs = try ConfigFiles.load(paths, environment: environment.variables, requiringNeeds: false)
        var users: [RedisUser] = []
        for file in configs.files {
            for needs in file.allRedisNeeds {
                let user = RedisUser(needs, worker: file.config.worker.name)
                if let index = users.firstIndex(where: { $0.isSame(as: user) }) {
                    users[index].add(user)
                } else {
                    users.append(user)
                }
            }
        }
        // One user of each server, in the order of the configs.
        var servers: [RedisUser] = []
        for user in users where !servers.contains(where: { $0.isOnServer(of: user) }) { servers.append(user) }
        return servers.flatMap { server in
            server.heading + users.filter { $0.isOnServer(of: server) }.map(\.line)
        } + [Self.advice]
    }

    private static let advice = """
        # A new user cannot log in until it has a password: ACL SETUSER <user> '>password'. The worker's URL has both:
        # redis://<user>:<password>@host, or rediss, +sentinel or +cluster in front of ://. ACL SAVE keeps users if Redis has an aclfile, CONFIG REWRITE otherwise.
        # Users belong to a server and not to a database: if two of these Redis are one server under two names, give it one name.
        # Without +config|get, +scan and +memory|usage workers run, and status says what it cannot tell. CONFIG GET shows passwords.
        """
}

/// A Redis user of one worker.
///
/// Users are those of a whole server: whatever a worker needs in any of its databases, and by any URL, is one user's.
private struct RedisUser {
    /// How the server was named first.
    let endpoint: RedisEndpoint
    private let name: String
    private var needs: [RedisNeed]
    /// Whether a connection has to choose a database.
    private var selects: Bool

    init(_ needs: RedisNeeds, worker: String) {
        endpoint = needs.endpoint
        name = "cointape-\(worker)"
        self.needs = needs.needs
        selects = endpoint.database != 0
    }

    /// The names of the local host count as one.
    private var place: RedisEndpoint {
        guard case .tcp("localhost", let port) = endpoint.address else {
            guard case .tcp("::1", let port) = endpoint.address else { return endpoint }
            return endpoint.at(.tcp(host: "127.0.0.1", port: port))
        }
        return endpoint.at(.tcp(host: "127.0.0.1", port: port))
    }

    func isOnServer(of other: RedisUser) -> Bool { place.isSameServer(as: other.place) }

    /// A comment.
    var heading: [String] {
        switch endpoint.address {
        case .sentinel(let primary, _):
            [
                "# Redis \(endpoint): on the primary and on each replica of \(primary), for users are not replicated.",
                "# A Sentinel with users of its own needs one for redis.sentinel: '+ping' '+client|setname' "
                    + "'+sentinel|master' '+sentinel|get-master-addr-by-name'",
            ]
        case .cluster: ["# Redis \(endpoint): on each node, replicas included, for users are not replicated."]
        case .tcp, .unix: ["# Redis \(endpoint)"]
        }
    }

    /// For finding the server that has a key, and for what a connection begins with.
    private var finding: [String] {
        switch endpoint.address {
        case .sentinel: ["role"]
        case .cluster: ["cluster|slots", "cluster|nodes", "asking"]
        case .tcp, .unix: []
        }
    }

    func isSame(as other: RedisUser) -> Bool { isOnServer(of: other) && name == other.name }

    mutating func add(_ other: RedisUser) {
        needs += other.needs
        selects = selects || other.selects
    }

    /// A command without a key goes to the node that is named.
    private var cli: String {
        guard case .cluster = endpoint.address else { return endpoint.cli }
        return "redis-cli -h '<host of a node>' -p '<port>'"
            + (endpoint.tls?.cliOptions ?? []).map { " \($0)" }.joined()
    }

    /// Takes away all other commands and keys, but no password, and no selector of Redis 7.
    var line: String {
        // Whatever a connection or a look at the server uses.
        let common =
            ["ping", "client|setname", "info", "type", "pttl"] + (selects ? ["select"] : []) + finding
        let commands = Set(common + needs.map(\.rule))
        let patterns = Set(needs.compactMap(\.pattern))
        let wide = patterns.filter { $0.hasSuffix("*") }
        // Of `{read}:*` and `{read}:stats` the first is enough.
        let keys = patterns.filter { key in !wide.contains { $0 != key && key.hasPrefix($0.dropLast()) } }
        let rules = keys.sorted().map { "~\($0)" } + commands.sorted().map { "+\($0)" }
        let words = ["on", "resetkeys", "resetchannels", "-@all"] + rules
        return "\(cli) ACL SETUSER \(name) " + words.map(ShellWord.quoted).joined(separator: " ")
    }
}

extension ConfigFiles.File {
    /// What the worker needs of each Redis that it uses.
    fileprivate var allRedisNeeds: [RedisNeeds] {
        let (name, redis) = (config.worker.name, config.worker.redis)
        let own =
            redisNeeds(at: Minute(containing: .machineTime)) + .beating(name, redis.keys, for: name)
            + .probing(redis.keys)
        return [RedisNeeds(redis.endpoint, own)] + config.orderNeeds
    }
}
