/// Why a command has no good reply.
///
/// Carries the command's name, never its arguments: they may hold secrets.
package struct RedisError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What kind of failure it is, for whoever decides whether to try again.
    package enum Code: Equatable, Sendable {
        /// There is no connection, and it is not yet time to try again. The command was not sent.
        case unavailable
        /// The deadline passed, and the connection with it: replies come in order, so the rest cannot be trusted.
        case timeout
        /// The connection was lost while the reply was owed: whether the command ran is unknown.
        case connectionLost
        /// What came is not RESP2 as hiredis reads it.
        case protocolViolation
        /// Redis answered with an error of this kind: its first word, such as `WRONGTYPE`.
        case server(String)
        /// The reply is not of the type that the command promises.
        case unexpectedReply
    }

    package let code: Code
    /// The command's name, `connect` where connecting failed, or the file of a script whose reply cannot be used.
    package let command: String
    /// For people, without the command; of a server's error mostly its own text.
    package let message: String

    package init(_ code: Code, command: String, message: String) {
        self.code = code
        self.command = command
        self.message = message
    }

    /// An error reply, without the arguments that Redis quotes when it does not know a command, and without the user's name.
    package init(serverError text: String, command: String) {
        self.init(serverError: text, command: command, running: nil)
    }

    /// `script` is the one that the command has run.
    init(serverError text: String, command: String, running script: RedisScript?) {
        if let denial = RedisDenial(text, command: command, running: script) {
            self.init(.server("NOPERM"), command: command, message: "NOPERM \(denial)")
            return
        }
        let safe = text.prefix(upTo: text.range(of: ", with args beginning with")?.lowerBound ?? text.endIndex)
        self.init(.server(String(Self.kind(of: safe[...]))), command: command, message: String(safe))
    }

    /// The error's first word; of an error inside a script, which Redis 6.2 wraps in another (`ERR Error running script (…):
    /// @user_script:20: @user_script: 20: -OOM command not allowed`, with or without the `-`), its own.
    private static func kind(of text: Substring) -> Substring {
        var inner = text[...]
        if text.hasPrefix("ERR Error running script"), let place = text.matches(of: /@user_script: ?\d+: -?/).last {
            let rest = text[place.range.upperBound...]
            // An error of Lua itself has no kind.
            if rest.prefix(while: \.isUppercase).count > 2 { inner = rest }
        }
        return inner.prefix { $0 != " " }
    }

    /// The same of a server that was not known to be one of a cluster.
    var hintingAtClusters: RedisError {
        guard code == .server("MOVED") else { return self }
        let hint = "this server is one node of a cluster: its URL begins with redis+cluster:// or rediss+cluster://"
        return RedisError(code, command: command, message: "\(message); \(hint)")
    }

    /// The same of a node that does not have a slot any more, whose new node will be found.
    var afterMove: RedisError {
        guard code == .server("MOVED") || code == .server("ASK") else { return self }
        return RedisError(
            .server("TRYAGAIN"), command: command, message: "TRYAGAIN its slot is on the move: \(message)")
    }

    /// Whether the user lacks a right.
    package var isDenial: Bool { code == .server("NOPERM") }

    /// Whether the server has become a replica, or always was one.
    var isReadOnly: Bool { code == .server("READONLY") }

    /// Whether there was no connection to Redis, or none any more, or no answer on it: what `RedisOutage` tells.
    package var isOutage: Bool { code == .unavailable || code == .connectionLost || code == .timeout }

    /// Whether the command was not run because the server that has its key is away; others of a cluster may be there.
    package var isOfAbsence: Bool {
        code == .unavailable || code == .server("CLUSTERDOWN") || code == .server("TRYAGAIN")
    }

    /// Whether the same command may do better later, without anybody mending anything.
    package var isTransient: Bool {
        switch code {
        case .unavailable, .timeout, .connectionLost: true
        case .server(let kind):
            ["LOADING", "BUSY", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "UNBLOCKED"].contains(kind)
        case .protocolViolation, .unexpectedReply: false
        }
    }

    package var description: String { "redis \(command): \(message)" }
}

extension String {
    fileprivate func range(of needle: String) -> Range<Index>? {
        firstRange(of: needle)
    }
}
