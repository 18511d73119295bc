package import Basics

/// Where a Redis is, and as whom a client connects.
///
/// As a URL: `redis://[user[:password]@]host[:port][/db]`, `rediss://` with TLS, `unix://[user[:password]@]/path/to/socket[?db=n]`,
/// `redis+sentinel://[user[:password]@]host[:port],…/primary[/db]`, where hosts are Sentinels, or
/// `redis+cluster://[user[:password]@]host[:port],…`, where hosts are nodes of a cluster; both also with `rediss`, for TLS to all
/// servers. `valkey` and `valkeys` mean the same as `redis` and `rediss`.
package struct RedisEndpoint: Hashable, Sendable, CustomStringConvertible {
    package enum Address: Hashable, Sendable {
        /// The host is a name or an address; an IPv6 address stands without brackets.
        case tcp(host: String, port: Int)
        /// A path that was parsed is absolute, and at most 103 bytes long to fit into `sun_path` everywhere.
        case unix(path: String)
        /// The primary that these Sentinels know by this name, wherever it is at the moment.
        case sentinel(primary: String, at: [RedisEndpoint])
        /// The cluster to which these nodes belong: they name the others.
        case cluster(nodes: [Address])
    }

    package let address: Address
    /// Sent with the password; nil authenticates as the user `default`.
    package let user: String?
    /// Sent with `AUTH` on each new connection; nil sends none.
    package let password: String?
    /// For `SELECT` on each new connection; 0, which is Redis' default, is not sent.
    package let database: Int
    /// nil for connections in plain text.
    package var tls: RedisTLS?

    package init(
        address: Address, user: String? = nil, password: String? = nil, database: Int = 0, tls: RedisTLS? = nil
    ) {
        self.address = address
        self.user = user
        self.password = password
        self.database = database
        self.tls = tls
    }

    /// Reads a URL whose port is 6379 and whose database is 0 unless it says otherwise.
    ///
    /// `rediss://` trusts the authorities of the system. Throws words that say what is wrong.
    package init(parsing url: String) throws(InvalidText) {
        if let hidden = HiddenCharacter(in: url) {
            throw InvalidText("has \(hidden); what belongs there is written %20 and the like")
        }
        let parts = url.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 else { throw InvalidText(Self.wrongScheme) }
        var rest = parts[1][...]
        (user, password) = try Self.takeCredentials(from: &rest)
        let words = parts[0].split(separator: "+", maxSplits: 1, omittingEmptySubsequences: false)
        let isSecure = Self.schemes[words[0]]
        tls = isSecure == true ? RedisTLS() : nil
        switch (isSecure, words.dropFirst().first) {
        case (_?, "sentinel"):
            let pieces = rest.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
            guard pieces.count > 1, pieces[1].wholeMatch(of: /[A-Za-z0-9._\-]+/) != nil else {
                throw InvalidText(
                    "needs the primary's name behind the hosts, as the Sentinels know it: \(Self.sentinelForm)")
            }
            try Self.requireOneLogin(parts[1])
            let sentinels = try Self.hosts(pieces[0], port: 26_379, "Sentinel", tls)
            address = .sentinel(primary: String(pieces[1]), at: sentinels)
            database = try Self.database(pieces.count > 2 ? pieces[2] : "")
        case (_?, "cluster"):
            try Self.requireOneLogin(parts[1])
            let pieces = rest.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            address = .cluster(nodes: try Self.hosts(pieces[0], port: 6379, "node", nil).map(\.address))
            database = try Self.database(pieces.count > 1 ? pieces[1] : "")
            guard database == 0 else { throw InvalidText("has a db, and a cluster only has db 0") }
        case (_?, nil):
            let pieces = rest.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            address = try Self.tcp(pieces.first ?? "", port: 6379)
            database = try Self.database(pieces.count > 1 ? pieces[1] : "")
        case (nil, nil) where words[0] == "unix":
            let pieces = rest.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
            guard let path = pieces.first.flatMap({ PercentEncoding.decode($0) }), path.hasPrefix("/") else {
                throw InvalidText("needs an absolute path, as in unix:///run/redis.sock")
            }
            try Self.requireVisible(path, "socket path", .control)
            guard path.utf8.count <= Self.longestPath else {
                throw InvalidText("has a socket path of more than \(Self.longestPath) bytes")
            }
            address = .unix(path: path)
            let query = pieces.count > 1 ? pieces[1] : "db="
            guard query.hasPrefix("db=") else { throw InvalidText("knows no query but db=<number>") }
            database = try Self.database(query.dropFirst(3))
        default:
            throw InvalidText(Self.wrongScheme)
        }
    }

    /// Whether both are the same database of the same server, however they connect to it.
    package func isSameDatabase(as other: RedisEndpoint) -> Bool {
        database == other.database && isSameServer(as: other)
    }

    /// Whether both are the same server, as far as the addresses tell.
    package func isSameServer(as other: RedisEndpoint) -> Bool {
        switch (address, other.address) {
        case (.sentinel(let primary, let ones), .sentinel(let secondary, let others)):
            primary == secondary && ones.contains { one in others.contains { $0.address == one.address } }
        case (.cluster(let ones), .cluster(let others)):
            !Set(ones).isDisjoint(with: others)
        case let (one, other): one == other
        }
    }

    /// Whether some keys may be away while others are not.
    package var isCluster: Bool { if case .cluster = address { true } else { false } }

    /// The same user, database and TLS at another address.
    package func at(_ address: Address) -> RedisEndpoint {
        RedisEndpoint(address: address, user: user, password: password, database: database, tls: tls)
    }

    /// Whether connections have TLS.
    private static let schemes: [Substring: Bool] = ["redis": false, "rediss": true, "valkey": false, "valkeys": true]
    private static let wrongScheme =
        "should start with redis://, rediss://, unix://, redis+sentinel:// or redis+cluster://; with TLS the last two are "
        + "rediss+sentinel:// and rediss+cluster://"
    private static let sentinelForm = "redis+sentinel://host:26379,host2:26379/primary"

    /// Host and port, or path, or the primary's name and where it is asked for, or some of a cluster's nodes: never user or password.
    package var description: String {
        switch address {
        case .sentinel(let primary, let sentinels):
            "\(primary) of \(sentinels.map(\.description).joined(separator: ","))"
        case .cluster(let nodes):
            "cluster of \(nodes.map { "\(RedisEndpoint(address: $0))" }.joined(separator: ","))"
        case .tcp(let host, let port): "\(host):\(port)"
        case .unix(let path): path
        }
    }

    private static func takeCredentials(from rest: inout Substring) throws(InvalidText) -> (String?, String?) {
        let authority = rest.prefix { $0 != "/" }
        guard let at = authority.lastIndex(of: "@") else { return (nil, nil) }
        let pieces = rest[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        rest = rest[rest.index(after: at)...]
        let decoded = pieces.map { PercentEncoding.decode($0) }
        guard let user = decoded[0], let password = decoded.count > 1 ? decoded[1] : "" else {
            throw InvalidText("has a user or password that is not percent-encoded right")
        }
        try requireVisible(user, "user", .any)
        try requireVisible(password, "password", .control)
        guard decoded.count > 1 else { throw InvalidText("has a user but no password: redis://user:password@host") }
        return (user.isEmpty ? nil : user, password)
    }

    /// A URL of several hosts has one user and one password for all.
    private static func requireOneLogin(_ text: String) throws(InvalidText) {
        guard text.prefix(while: { $0 != "/" }).count(where: { $0 == "@" }) < 2 else {
            throw InvalidText(
                "has more than one @: user and password stand once, before the first host; an @ in them is written %40")
        }
    }

    /// Hosts with commas between them; `port` is the one of those that have none, and `what` names one in errors.
    private static func hosts(
        _ text: Substring, port: Int, _ what: String, _ tls: RedisTLS?
    ) throws(InvalidText) -> [RedisEndpoint] {
        var hosts: [RedisEndpoint] = []
        for host in text.split(separator: ",", omittingEmptySubsequences: false) {
            let host = RedisEndpoint(address: try tcp(host, port: port), tls: tls)
            guard !hosts.contains(where: { $0.description.lowercased() == host.description.lowercased() })
            else { throw InvalidText("names the \(what) \(host) twice") }
            hosts.append(host)
        }
        return hosts
    }

    /// `port` is the one if none is written.
    private static func tcp(_ text: Substring, port: Int) throws(InvalidText) -> Address {
        guard !text.contains(",") else {
            throw InvalidText(
                "names several hosts; it takes one: redis://host:port; Sentinels are \(sentinelForm), and a cluster is "
                    + "redis+cluster://host:6379,host2:6379")
        }
        var (host, rest) = (text, Substring())
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { throw InvalidText("has a [ without a ]") }
            (host, rest) = (text[text.index(after: text.startIndex)..<end], text[text.index(after: end)...])
            guard host.contains(":") else { throw InvalidText("has brackets around what is no IPv6 address") }
        } else if let colon = text.firstIndex(of: ":") {
            (host, rest) = (text[..<colon], text[colon...])
            guard !rest.dropFirst().contains(":") else {
                throw InvalidText("has more than one colon behind its host; an IPv6 address stands in brackets")
            }
        }
        guard !host.isEmpty else { throw InvalidText("has no host") }
        if let fault = HostName.fault(of: host) { throw InvalidText("has a host that \(fault)") }
        guard !rest.isEmpty else { return .tcp(host: String(host), port: port) }
        guard rest.first == ":", let port = number(rest.dropFirst()), (1...65_535).contains(port) else {
            throw InvalidText("has a port that is not a number from 1 to 65535")
        }
        return .tcp(host: String(host), port: port)
    }

    /// As much as `sun_path` holds everywhere, with the zero at its end (unix(7)).
    private static let longestPath = 103

    private static func requireVisible(
        _ text: String, _ part: String, _ kind: HiddenCharacter.Kind
    ) throws(InvalidText) {
        if let hidden = HiddenCharacter(in: text, kind) {
            throw InvalidText("has a \(part) with \(hidden), percent-encoded")
        }
    }

    /// Digits alone: Int would take a sign.
    private static func number(_ text: Substring) -> Int? {
        text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? Int(text) : nil
    }

    private static func database(_ text: Substring) throws(InvalidText) -> Int {
        guard !text.isEmpty else { return 0 }
        guard let number = number(text) else { throw InvalidText("has a db that is not a number") }
        return number
    }
}
