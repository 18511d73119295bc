import Basics
package import Redis

/// What must hold for an order before it is acknowledged, beyond the server's own guarantees.
package struct Acknowledgement: Equatable, Sendable {
    /// How many replicas must have the order.
    package let replicas: Int
    /// Whether the server, and these replicas, must have the order on disk; needs Redis 7.2.
    package let fsync: Bool
    /// How long to wait for that; at least a millisecond, because 0 would mean forever.
    package let timeout: Duration

    package init(replicas: Int, fsync: Bool, timeout: Duration) {
        self.replicas = replicas
        self.fsync = fsync
        self.timeout = timeout
    }

    /// The command to send after the write, on the same connection; nil if nothing more is required.
    package var command: RedisCommand? {
        let wait = max(1, timeout.milliseconds)
        if fsync { return RedisCommand("WAITAOF", 1, replicas, wait) }
        return replicas > 0 ? RedisCommand("WAIT", replicas, wait) : nil
    }

    /// What is missing according to the command's reply, in words; nil if all is well.
    package func shortfall(_ reply: RedisReply) -> String? {
        switch reply {
        case .integer(let count) where !fsync:
            return count >= replicas ? nil : "\(count) of \(replicas) replicas have it"
        case .array(let counts) where fsync && counts.count == 2:
            let (local, others) = (counts[0].integer ?? 0, counts[1].integer ?? 0)
            if local < 1 { return "it is not known to be on the server's disk" }
            return others >= replicas ? nil : "\(others) of \(replicas) replicas have it on their disks"
        case .error(let text) where text.hasPrefix("UNBLOCKED"):
            return "the server became a replica meanwhile"
        case .error(let text): return RedisError(serverError: text, command: command?.name ?? "WAIT").message
        default: return "the server's word on it cannot be read"
        }
    }
}
