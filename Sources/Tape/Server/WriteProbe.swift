import Basics
package import Redis

/// Tries what a worker's writes need: Redis refuses the probe exactly when it would refuse them.
///
/// Reading tells nothing of that: a Redis that is out of memory, or lacks replicas that it was told to have, answers reads
/// as ever. The probe writes one key, which expires by itself.
package struct WriteProbe: Sendable {
    /// A command on a key that the user must be allowed.
    package struct Need: Equatable, Sendable {
        package let command: String
        package let key: String

        package init(_ command: String, _ key: String) {
            self.command = command
            self.key = key
        }
    }

    private let redis: RedisClient
    private let key: String
    private let needs: [Need]

    private static let lifetime: Duration = .seconds(10)

    /// `key` is `TapeKeys.probe`, or another key that nobody else writes.
    package init(_ redis: RedisClient, key: String, needs: [Need]) {
        self.redis = redis
        self.key = key
        self.needs = needs
    }

    /// What is refused, with the line that mends it; empty when writes are taken.
    ///
    /// Throws when there is no connection, or no answer.
    package func look() async throws(RedisError) -> [RedisShortcoming] {
        let arguments: [any RedisArgument] =
            [Self.lifetime.milliseconds] + needs.flatMap { [$0.command, $0.key] as [any RedisArgument] }
        let reply: RedisReply
        do throws(RedisError) {
            reply = try await redis.evaluate(Self.script, keys: [key], arguments: arguments)
        } catch {
            guard !error.isOutage else { throw error }
            return [await shortcoming(error.message)]
        }
        let parts = (reply.array ?? []).map { $0.text ?? "" }
        switch parts.first {
        case "ok": return []
        case "refused" where parts.count == 2: return [await shortcoming(parts[1])]
        case "denied":
            return stride(from: 1, to: parts.count - 2, by: 3).map {
                denied(parts[$0], parts[$0 + 1], isKey: parts[$0 + 2] == "key")
            }
        default:
            throw RedisError(.unexpectedReply, command: "probe.lua", message: "a reply that the script does not make")
        }
    }

    private func denied(_ command: String, _ key: String, isKey: Bool) -> RedisShortcoming {
        // A user's name is not for others to see.
        let user = redis.endpoint.user == nil ? "default" : "USER"
        return RedisShortcoming(
            "this user may not run \(command) on \(key)",
            remedy: "ACL SETUSER \(user) " + (isKey ? "'~\(key)'" : "+\(command.lowercased())"))
    }

    private func shortcoming(_ error: String) async -> RedisShortcoming {
        let text = error.split(whereSeparator: \.isNewline).first.map(String.init) ?? error
        let message = text.hasPrefix("-") ? String(text.dropFirst()) : text
        let kind = message.prefix { $0 != " " }
        // Of a script's error, what Redis adds on where in the script is nobody's business.
        let words = message.components(before: " script: ")
        switch kind {
        case "OOM":
            return RedisShortcoming(
                "nothing can be written: it uses more memory than maxmemory (OOM)", remedy: await moreMemory())
        case "NOREPLICAS":
            return RedisShortcoming(
                "nothing can be written: fewer replicas are connected than min-replicas-to-write asks for (NOREPLICAS)",
                remedy: "CONFIG SET min-replicas-to-write 0")
        case "MISCONF":
            return RedisShortcoming(
                "nothing can be written: it cannot save to its disk (\(words))",
                remedy: message.contains("AOF") ? "INFO persistence" : "BGSAVE")
        case "READONLY":
            return RedisShortcoming(
                "nothing can be written: it is a replica (READONLY)", remedy: "INFO replication")
        case "NOPERM": return RedisShortcoming("nothing can be written: \(words)", remedy: "ACL LIST")
        default: return RedisShortcoming("nothing can be written: \(words)", remedy: "INFO")
        }
    }

    /// Twice of what is used, or more: what is missing is not known.
    private func moreMemory() async -> String {
        let text = try? await redis.send(RedisCommand("INFO", "memory")).text
        guard let used = text.flatMap({ RedisInfo($0).integer("used_memory") }) else { return "CONFIG SET maxmemory 0" }
        return "CONFIG SET maxmemory \(max(256, 2 * used / 1_000_000))mb"
    }

    private static let script = RedisScript(name: "probe", source: PackageResources.probe_lua)
}

extension String {
    fileprivate func components(before separator: String) -> String {
        firstRange(of: separator).map { String(self[..<$0.lowerBound]) } ?? self
    }
}

/// What is known of a key without reading it: its type and whether it expires.
package struct KeyFitness: Sendable {
    /// A key, and what it has to be where it is there.
    package struct Expected: Sendable {
        package let key: String
        package let type: String
        /// Whether it may have a time to live.
        package let expires: Bool

        package init(_ key: String, _ type: String, expires: Bool = false) {
            self.key = key
            self.type = type
            self.expires = expires
        }
    }

    package enum Fault: Equatable, Sendable {
        case type(String)
        case expires(Duration)
    }

    /// The faults of the keys, in their order.
    ///
    /// Throws what Redis answers, NOPERM included.
    package static func faults(
        of keys: [Expected], _ redis: RedisClient
    ) async throws(RedisError) -> [(key: Expected, fault: Fault)] {
        var faults: [(key: Expected, fault: Fault)] = []
        for key in keys {
            let type = try await redis.send(RedisCommand("TYPE", key.key)).text ?? "none"
            if type == "none" { continue }
            if type != key.type { faults.append((key, .type(type))) }
            guard !key.expires else { continue }
            let left = try await redis.send(RedisCommand("PTTL", key.key)).integer ?? -1
            if left >= 0 { faults.append((key, .expires(.milliseconds(left)))) }
        }
        return faults
    }
}
