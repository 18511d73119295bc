import Basics
package import Redis

/// Tests whether a Redis grants what a worker needs: queries the rights, and writes one key that expires by itself.
///
/// Redis refuses that in exactly the cases in which it would refuse the worker's writes. Reading would not show this: a Redis
/// that is out of memory, or lacks required replicas, still answers reads.
package struct WriteProbe: Sendable {
    private let redis: RedisClient
    private let key: String?
    private let needs: [RedisNeed]

    private static let lifetime: Duration = .seconds(10)

    /// `key` is `TapeKeys.probe`, or another key that only this probe writes; nil for a worker that writes nothing.
    package init(_ redis: RedisClient, key: String?, needs: [RedisNeed]) {
        self.redis = redis
        self.key = key
        var known: Set<RedisNeed> = []
        self.needs = needs.filter { known.insert($0).inserted }
    }

    /// What is refused, with the command that fixes it; empty if everything is accepted.
    ///
    /// Throws if there is no connection, or no answer.
    package func run() async throws(RedisError) -> [RedisShortcoming] { try await run(key) }

    private func run(_ key: String?) async throws(RedisError) -> [RedisShortcoming] {
        let arguments: [any RedisArgument] =
            [Self.lifetime.milliseconds] + needs.flatMap { [$0.words, $0.key ?? ""] as [any RedisArgument] }
        let reply: RedisReply
        do throws(RedisError) {
            reply = try await redis.evaluate(Self.script, keys: [key].compactMap(\.self), arguments: arguments)
        } catch {
            guard !error.isOutage else { throw error }
            // Redis checks the keys of a script before it runs it.
            if let key, error.isDenial, error.message.hasSuffix(" on its key") {
                return try await denied([(need("SET", key), isOfKey: true)]) + run(nil)
            }
            return [await shortcoming(error)]
        }
        let parts = (reply.array ?? []).map { $0.text ?? "" }
        switch parts.first {
        case "ok": return []
        case "denied":
            return denied(
                stride(from: 1, to: parts.count - 2, by: 3).map {
                    (need(parts[$0], parts[$0 + 1].isEmpty ? nil : parts[$0 + 1]), parts[$0 + 2] == "key")
                })
        default:
            throw RedisError(.unexpectedReply, command: "probe.lua", message: "a reply that the script does not make")
        }
    }

    private func need(_ words: String, _ key: String?) -> RedisNeed {
        needs.first { $0.words == words && $0.key == key } ?? RedisNeed(words, key)
    }

    /// One shortcoming for each missing right, whatever it is needed for.
    private func denied(_ denials: [(need: RedisNeed, isOfKey: Bool)]) -> [RedisShortcoming] {
        var rights: [(rule: String, commands: [String], keys: [String])] = []
        for (need, isOfKey) in denials {
            let rule = isOfKey ? "'~\(need.pattern ?? "*")'" : "+\(need.rule)"
            let place = rights.firstIndex { $0.rule == rule } ?? rights.endIndex
            if place == rights.endIndex { rights.append((rule, [], [])) }
            if !rights[place].commands.contains(need.command) { rights[place].commands.append(need.command) }
            if let key = need.key, !rights[place].keys.contains(key) { rights[place].keys.append(key) }
        }
        return rights.map { right in
            let keys = right.keys.isEmpty ? "" : " on \(right.keys.joined(separator: ", "))"
            return RedisShortcoming(
                "this user may not run \(right.commands.joined(separator: ", "))\(keys)",
                remedy: "ACL SETUSER \(user) \(right.rule)")
        }
    }

    /// The user's name is not shown to others.
    private var user: String { redis.endpoint.user == nil ? "default" : "USER" }

    private func shortcoming(_ error: RedisError) async -> RedisShortcoming {
        guard case .server(let kind) = error.code else { return RedisShortcoming(error.message) }
        let text = error.message.split(whereSeparator: \.isNewline).first.map(String.init) ?? error.message
        // Of a script's error, the part about the position in the script is dropped.
        let message = text.ranges(of: "\(kind) ").last.map { String(text[$0.lowerBound...]) } ?? text
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
        case "TRYAGAIN":
            return RedisShortcoming(
                "some keys cannot be written: their slot is about to move to another node, and has not",
                remedy: "--cluster fix \(redis.server)")
        case "CLUSTERDOWN":
            return RedisShortcoming(
                "nothing can be written: a primary of the cluster, or a slot's node, is missing (CLUSTERDOWN)",
                remedy: "--cluster check \(redis.server)")
        case "NOPERM":
            return RedisShortcoming(words.components(after: "NOPERM "), remedy: "ACL SETUSER \(user) +evalsha +eval")
        default: return RedisShortcoming("nothing can be written: \(words)", remedy: "INFO")
        }
    }

    /// At least twice the memory in use, because it is not known how much is needed.
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

    fileprivate func components(after separator: String) -> String {
        firstRange(of: separator).map { String(self[$0.upperBound...]) } ?? self
    }
}

/// Checks a key without reading it: its type, and whether it expires.
package struct KeyFitness: Sendable {
    /// A key, and the properties that it must have if it exists.
    package struct Expected: Sendable {
        package let key: String
        /// The name of the type as in `TYPE`: `stream`, `hash`, `string`.
        package let type: String
        /// Whether it may expire.
        package let expires: Bool

        package init(_ key: String, _ type: String, expires: Bool = false) {
            self.key = key
            self.type = type
            self.expires = expires
        }
    }

    /// What is wrong with an existing key; a missing key has no fault.
    package enum Fault: Equatable, Sendable {
        /// It has this type, named as in `TYPE`, but should have another.
        case type(String)
        /// It expires after this time, according to `PTTL`, but should not.
        case expires(Duration)
    }

    /// The faults of the keys, in the order of the keys.
    ///
    /// Throws the errors that Redis returns, including NOPERM.
    package static func faults(
        of keys: [Expected], _ redis: RedisClient
    ) async throws(RedisError) -> [(key: Expected, fault: Fault)] {
        var faults: [(key: Expected, fault: Fault)] = []
        for key in keys {
            let type = try await redis.sendUnlessDenied(RedisCommand("TYPE", key.key)).text ?? "none"
            if type == "none" { continue }
            if type != key.type { faults.append((key, .type(type))) }
            guard !key.expires else { continue }
            let left = try await redis.sendUnlessDenied(RedisCommand("PTTL", key.key)).integer ?? -1
            if left >= 0 { faults.append((key, .expires(.milliseconds(left)))) }
        }
        return faults
    }
}
