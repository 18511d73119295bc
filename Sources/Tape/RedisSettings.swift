import Basics
package import Config
package import Redis

/// The Redis that connects a worker with the others, and a prefix for its keys.
package struct RedisSettings: Equatable, Sendable {
    package let endpoint: RedisEndpoint
    package let keys: TapeKeys

    /// Whether both mean the same streams, however they connect.
    package func isSameTape(as other: RedisSettings) -> Bool {
        keys == other.keys && endpoint.isSameDatabase(as: other.endpoint)
    }

    /// Reads the optional object `redis`; reports an issue and returns nil if a field is wrong.
    ///
    /// The password of the URL is registered as a secret, so that no output shows it.
    package init?(reading parent: ConfigReader) {
        guard let reader = parent.object("redis", optional: true, "The Redis in which the workers meet.") else {
            return nil
        }
        let endpoint = reader.endpoint(
            "`redis://[user[:password]@]host[:port][/db]`, `rediss://` with TLS, `unix://[user[:password]@]/path[?db=n]`, or "
                + "`redis+sentinel://[user[:password]@]host[:port],…/primary[/db]`, or "
                + "`redis+cluster://[user[:password]@]host[:port],…`, the last two also with `rediss`.",
            default: "redis://127.0.0.1:6379"
        ) { try RedisEndpoint(parsing: $0) }
        let prefix = reader.parsed("prefix", type: "string", default: "", "Goes before the name of every key.") {
            text in
            guard text.wholeMatch(of: /[A-Za-z0-9:_\-]*/) != nil else {
                throw InvalidText("should be letters, digits, :, _ or -")
            }
            return text
        }
        reader.finish()
        guard let endpoint, let prefix else { return nil }
        self.endpoint = endpoint
        keys = TapeKeys(prefix: prefix)
    }
}

extension ConfigReader {
    /// Reads an object with the `url` of another Redis than the worker's own; if it is empty or missing, returns `otherwise`.
    package func redisEndpoint(
        _ name: String, _ summary: String, otherwise: RedisEndpoint,
        url: String = "Like `redis.url`, which is used when this is empty."
    ) -> RedisEndpoint? {
        guard let reader = object(name, optional: true, summary) else { return nil }
        let endpoint = reader.endpoint(url, default: "") { text in
            text.isEmpty ? otherwise : try RedisEndpoint(parsing: text)
        }
        reader.finish()
        return endpoint
    }

    /// The fields `url` and `tls` of an object; nil if one is wrong.
    ///
    /// The password is registered as a secret, so that no output shows it.
    fileprivate func endpoint(
        _ summary: String, default defaultText: String, _ parse: (String) throws -> RedisEndpoint
    ) -> RedisEndpoint? {
        var isOwn = false
        let parsed = parsed("url", type: "Redis URL", default: defaultText, summary) { text in
            isOwn = !text.isEmpty
            return try parse(text)
        }
        // Also if something else is wrong.
        if let password = parsed?.password { context.keepSecret(password) }
        let (tls, login) = (tls, sentinelLogin)
        guard var endpoint = parsed, let tls, let login else { return nil }
        // Without a URL of its own it is another object's, with what that says of TLS.
        if isOwn, endpoint.tls != nil {
            endpoint.tls = tls
        } else if tls != RedisTLS() {
            complain(
                about: "tls",
                "counts only for a url that begins with rediss://, rediss+sentinel:// or rediss+cluster://")
        }
        if case .sentinel(let primary, let sentinels) = endpoint.address, isOwn {
            let known = sentinels.map { sentinel in
                RedisEndpoint(
                    address: sentinel.address, user: login.user, password: login.password, tls: endpoint.tls)
            }
            endpoint = endpoint.at(.sentinel(primary: primary, at: known))
        } else if login.password != nil {
            complain(about: "sentinel", "counts only for a url of Sentinels: redis+sentinel://")
        }
        return endpoint
    }

    /// As whom Sentinels are asked: not as the user of the URL, who is one of the primary.
    private var sentinelLogin: (user: String?, password: String?)? {
        let summary = "As whom Sentinels are asked, if they have `requirepass` or users of their own."
        guard let reader = object("sentinel", optional: true, summary) else { return nil }
        func word(_ name: String, _ summary: String) -> String? {
            reader.parsed(name, type: "string", default: "", summary) { text in
                if let hidden = HiddenCharacter(in: text, name == "user" ? .any : .control) {
                    throw InvalidText("has \(hidden)")
                }
                return text
            }
        }
        let user = word("user", "Empty: `default`.")
        let password = word("password", "Empty: none is sent.")
        if let password, !password.isEmpty { context.keepSecret(password) }
        if let user, let password, !user.isEmpty, password.isEmpty {
            reader.complain(about: "user", "needs password too")
        }
        reader.finish()
        guard let user, let password else { return nil }
        return (user.isEmpty ? nil : user, password.isEmpty ? nil : password)
    }

    private var tls: RedisTLS? {
        guard let reader = object("tls", optional: true, "How connections of a `rediss://` URL are secured.") else {
            return nil
        }
        func file(_ name: String, _ summary: String) -> String? { reader.string(name, default: "", summary) }
        let authorities = file(
            "ca",
            "A file in PEM with the authorities that are trusted, or a folder of such; empty: those of the system.")
        let certificate = file("certificate", "A file in PEM with the client's certificate, if the server wants one.")
        let key = file("key", "A file in PEM with the certificate's key.")
        let serverName = reader.parsed(
            "server_name", type: "string", default: "",
            "The name in the server's certificate; empty: the host of the URL."
        ) { text in
            if text.isEmpty { return text }
            if let fault = HostName.fault(of: text) { throw InvalidText(fault) }
            guard !RedisTLS.isAddress(text), !text.contains("_") else {
                throw InvalidText("should be a DNS name: a certificate's address is that of the URL's host")
            }
            return text
        }
        let verification = reader.choice(
            "verify", default: RedisTLS.Verification.full,
            "What is checked of the server's certificate: authority and name, the authority alone, or nothing.")
        if let certificate, let key, certificate.isEmpty != key.isEmpty {
            reader.complain(
                about: certificate.isEmpty ? "key" : "certificate",
                "needs \(certificate.isEmpty ? "certificate" : "key") too")
        }
        reader.finish()
        guard let authorities, let certificate, let key, let serverName, let verification else { return nil }
        func given(_ text: String) -> String? { text.isEmpty ? nil : text }
        return RedisTLS(
            authorities: given(authorities), certificate: given(certificate), key: given(key),
            serverName: given(serverName),
            verification: verification)
    }
}
