package import Basics

/// Where a Redis is, and as whom a client connects.
///
/// As a URL: `redis://[user[:password]@]host[:port][/db]`, `rediss://` with TLS, or `unix://[user[:password]@]/path/to/socket[?db=n]`.
/// `valkey://` and `valkeys://` mean the same as `redis://` and `rediss://`.
package struct RedisEndpoint: Equatable, Sendable, CustomStringConvertible {
    package enum Address: Equatable, Sendable {
        /// The host is a name or an address; an IPv6 address stands without brackets.
        case tcp(host: String, port: Int)
        /// A path that was parsed is absolute, and at most 103 bytes long to fit into `sun_path` everywhere.
        case unix(path: String)
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
        let parts = url.split(separator: "://", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { throw InvalidText(Self.wrongScheme) }
        var rest = parts[1][...]
        (user, password) = try Self.takeCredentials(from: &rest)
        switch parts[0] {
        case "redis", "rediss", "valkey", "valkeys":
            tls = parts[0].hasSuffix("ss") || parts[0].hasSuffix("ys") ? RedisTLS() : nil
            let pieces = rest.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            address = try Self.tcp(pieces.first ?? "")
            database = try Self.database(pieces.count > 1 ? pieces[1] : "")
        case "unix":
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
        address == other.address && database == other.database
    }

    private static let wrongScheme = "should start with redis://, rediss:// or unix://"

    /// Host and port, or path: never user or password.
    package var description: String {
        switch address {
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

    private static func tcp(_ text: Substring) throws(InvalidText) -> Address {
        guard !text.contains(",") else {
            throw InvalidText("names several hosts; it takes one: redis://host:port")
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
        guard !rest.isEmpty else { return .tcp(host: String(host), port: 6379) }
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
