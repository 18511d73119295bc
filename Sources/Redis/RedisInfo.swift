import Basics

/// What INFO tells: a line each, `name:value`.
package struct RedisInfo: Equatable, Sendable {
    private let facts: [String: String]

    /// Reads `INFO`'s reply; lines without a colon, such as the titles of sections, are left out.
    package init(_ text: String) {
        var facts: [String: String] = [:]
        for line in text.split(whereSeparator: \.isNewline) {
            let sides = line.split(separator: ":", maxSplits: 1)
            if sides.count == 2 { facts[String(sides[0])] = String(sides[1]) }
        }
        self.facts = facts
    }

    /// Returns nil if the reply has no such line; names are as `INFO` writes them.
    package subscript(name: String) -> String? { facts[name] }

    /// Returns nil also for a value that is no whole number.
    package func integer(_ name: String) -> Int64? { facts[name].flatMap { Int64($0) } }

    /// The server's own name and version, such as `Redis` and `7.0.15`; nil if it does not tell.
    ///
    /// Valkey also tells the version of Redis that it is compatible with, which is not this one.
    package var server: (name: String, version: String)? {
        if let version = facts["valkey_version"] { return ("Valkey", version) }
        return facts["redis_version"].map { ("Redis", $0) }
    }

    /// The same in one text: `Valkey 8.1.8`.
    package var serverVersion: String? { server.map { "\($0.name) \($0.version)" } }

    /// Whether the server is at least of this version; nil when it does not tell.
    package func isAtLeast(_ major: Int, _ minor: Int) -> Bool? {
        guard let version = facts["redis_version"] else { return nil }
        let numbers = version.split(separator: ".").map { Int($0) ?? 0 } + [0, 0]
        return (numbers[0], numbers[1]) >= (major, minor)
    }
}

/// What is not as it should be with a server, and the line that mends it, if one does.
package struct RedisShortcoming: Equatable, Sendable {
    /// A clause that does not say which server it is about: whoever shows it knows.
    package let description: String
    /// A command for redis-cli, without `redis-cli` itself; it mends the matter, or shows more of it.
    package let remedy: String?

    package init(_ description: String, remedy: String? = nil) {
        self.description = description
        self.remedy = remedy
    }
}

extension RedisEndpoint {
    /// What tells it from another one, the user and the database included; no password.
    package var identity: String { "\(user.map { "\($0)@" } ?? "")\(self)/\(database)" }

    /// How redis-cli reaches it: without user and password, which are not for others to see.
    package var cli: String {
        let place =
            switch address {
            case .tcp("127.0.0.1", 6379), .tcp("localhost", 6379): "redis-cli"
            case .tcp(let host, let port) where host == "127.0.0.1" || host == "localhost": "redis-cli -p \(port)"
            case .tcp(let host, let port): "redis-cli -h \(ShellWord.quoted(host)) -p \(port)"
            case .unix(let path): "redis-cli -s \(ShellWord.quoted(path))"
            case .sentinel(let primary, _): "redis-cli -h '<host of \(primary)>' -p '<port>'"
            // It is sent on to the node that has the key.
            case .cluster(let nodes): nodes.first.map { "\(RedisEndpoint(address: $0).cli) -c" } ?? "redis-cli -c"
            }
        return ([place] + (tls?.cliOptions ?? []) + (database == 0 ? [] : ["-n \(database)"])).joined(separator: " ")
    }
}

extension RedisEndpoint {
    /// How redis-cli finds the keys that match a pattern (glob style); in a cluster each node has some of them.
    package func cli(scanning pattern: String) -> String {
        guard case .cluster(let nodes) = address, let node = nodes.first else {
            return "\(cli) --scan --pattern '\(pattern)'"
        }
        let options = (tls?.cliOptions ?? []).map { " \($0)" }.joined()
        return
            "redis-cli\(options) --cluster call \(RedisEndpoint(address: node)) SCAN 0 MATCH '\(pattern)' COUNT 1000000"
    }
}

extension RedisTLS {
    /// The same as options of redis-cli, which checks either all or nothing.
    package var cliOptions: [String] {
        var options = ["--tls"]
        if let authorities {
            let option = Self.isFolder(authorities) ? "--cacertdir" : "--cacert"
            options.append("\(option) \(ShellWord.quoted(authorities))")
        }
        if let certificate { options.append("--cert \(ShellWord.quoted(certificate))") }
        if let key { options.append("--key \(ShellWord.quoted(key))") }
        if let serverName { options.append("--sni \(serverName)") }
        if verification == .none { options.append("--insecure") }
        return options
    }
}
