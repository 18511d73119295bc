/// A command that a user must be allowed for a worker to do its part, and the key that it is run on.
package struct RedisNeed: Hashable, Sendable {
    /// In capitals, with the words before the key: `XINFO STREAM`.
    package let words: String
    /// nil where the command has none.
    package let key: String?

    package init(_ words: String, _ key: String? = nil) {
        self.words = words
        self.key = key
    }

    /// The command's name.
    package var command: String { String(words.prefix { $0 != " " }) }

    /// As ACL rules write it: `xinfo|stream`.
    package var rule: String {
        words.hasPrefix("XINFO ") ? words.lowercased().replacing(" ", with: "|") : command.lowercased()
    }
}

extension [RedisNeed] {
    /// Several commands on one key.
    package init(_ commands: String..., on key: String) {
        self = commands.map { RedisNeed($0, key) }
    }

    /// Of whoever runs a script.
    package static var scripts: Self { [RedisNeed("EVALSHA"), RedisNeed("EVAL")] }
}
