import Basics
package import Redis

/// What an order has to be before it is acknowledged, beyond what the server does by itself.
package struct Acknowledgement: Equatable, Sendable {
    /// How many replicas must have it.
    package let replicas: Int
    /// Whether the server, and the replicas that are asked for, must have it on their disks: needs Redis 7.2.
    package let fsync: Bool
    /// How long that may take; at least a millisecond, as none would be for ever.
    package let timeout: Duration

    package init(replicas: Int, fsync: Bool, timeout: Duration) {
        self.replicas = replicas
        self.fsync = fsync
        self.timeout = timeout
    }

    /// The command to be sent behind the write on its connection; nil when nothing more is asked for.
    package var command: RedisCommand? {
        let wait = max(1, timeout.milliseconds)
        if fsync { return RedisCommand("WAITAOF", 1, replicas, wait) }
        return replicas > 0 ? RedisCommand("WAIT", replicas, wait) : nil
    }

    /// What is missing after the command's reply, in words; nil when all is well.
    package func shortfall(_ reply: RedisReply) -> String? {
        switch reply {
        case .integer(let count) where !fsync:
            return count >= replicas ? nil : "\(count) of \(replicas) replicas have it"
        case .array(let counts) where fsync && counts.count == 2:
            let (local, others) = (counts[0].integer ?? 0, counts[1].integer ?? 0)
            if local < 1 { return "it is not known to be on the server's disk" }
            return others >= replicas ? nil : "\(others) of \(replicas) replicas have it on their disks"
        case .error(let text): return RedisError(serverError: text, command: command?.name ?? "WAIT").message
        default: return "the server's word on it cannot be read"
        }
    }
}
