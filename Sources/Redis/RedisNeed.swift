/// A command that a user must be allowed to run for a worker to do its part, and the key that it is run on.
package struct RedisNeed: Hashable, Sendable {
    /// In capitals, with the words before the key: `XINFO STREAM`.
    package let words: String
    /// nil if the command has none.
    package let key: String?
    /// The keys of this and all other minutes, replicas or currencies, as ACL rules write them (glob style).
    package let pattern: String?

    /// `pattern` is the key itself unless given.
    package init(_ words: String, _ key: String? = nil, pattern: String? = nil) {
        self.words = words
        self.key = key
        self.pattern = pattern ?? key
    }

    /// The command's name.
    package var command: String { String(words.prefix { $0 != " " }) }

    /// As ACL rules write it: `xinfo|stream`.
    package var rule: String {
        words.hasPrefix("XINFO ") ? words.lowercased().replacing(" ", with: "|") : command.lowercased()
    }
}

/// What is needed in one Redis.
package struct RedisNeeds: Sendable {
    package let endpoint: RedisEndpoint
    package let needs: [RedisNeed]

    package init(_ endpoint: RedisEndpoint, _ needs: [RedisNeed]) {
        (self.endpoint, self.needs) = (endpoint, needs)
    }
}

extension [RedisNeed] {
    /// Several commands on one key.
    package init(_ commands: String..., on key: String, pattern: String? = nil) {
        self = commands.map { RedisNeed($0, key, pattern: pattern) }
    }

    /// Of whoever runs a script.
    package static var scripts: Self { [RedisNeed("EVALSHA"), RedisNeed("EVAL")] }
}
