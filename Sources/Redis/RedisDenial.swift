import Synchronization

/// Which right a user lacks, read from the error by which Redis refuses a command.
///
/// Redis words it anew in every version, with the user's name, which is not for others to see; of a command inside a script it
/// tells the script's line at best.
struct RedisDenial: CustomStringConvertible {
    /// In capitals; nil where it is not known.
    private let command: String?
    private let isOfKey: Bool
    private let script: String?

    /// Returns nil for an error of another kind, and for one that says in these words already what is lacking (`denied.lua`).
    init?(_ text: String, command: String, running script: RedisScript?) {
        let isInScript = Self.inScript.contains { text.contains($0) }
        guard isInScript || text.hasPrefix("NOPERM "), !text.hasPrefix("NOPERM this user may not run ") else {
            return nil
        }
        isOfKey = text.contains(" key")
        let quoted = text.firstMatch(of: /'([A-Za-z]+(?:\|[A-Za-z-]+)?)' command/)
            .map { $0.1.uppercased().replacing("|", with: " ") }
        let line = isInScript ? text.firstMatch(of: /@user_script:(\d+)/).flatMap { Int($0.1) } : nil
        self.command = quoted ?? line.flatMap { script?.command(onLine: $0) } ?? (isInScript ? nil : command)
        self.script = isInScript ? script?.name : nil
    }

    /// Redis 6.2 and 7.0, and those behind them.
    private static let inScript = ["The user executing the script can't", "ACL failure in script"]

    var description: String {
        let place = script.map { " in \($0).lua" } ?? ""
        return "this user may not run \(command ?? "a command")\(isOfKey ? " on its key" : "")\(place)"
    }
}

/// Remembers which commands a server has denied, for checks that are repeated: each denial adds a line to Redis' ACL LOG.
final class RedisDenials: Sendable {
    private struct Question: Hashable {
        let server: RedisEndpoint
        let command: RedisCommand
    }

    private static let memory: Duration = .seconds(600)

    private let known = Mutex<[Question: (error: RedisError, until: ContinuousClock.Instant)]>([:])

    /// Sends the command unless it was denied in the last minutes; then throws the error of that time.
    func unlessDenied(
        _ command: RedisCommand, by server: RedisEndpoint, _ send: () async throws(RedisError) -> RedisReply
    ) async throws(RedisError) -> RedisReply {
        let question = Question(server: server, command: command)
        if let denial = known.withLock({ $0[question] }), denial.until > .now { throw denial.error }
        do throws(RedisError) {
            return try await send()
        } catch {
            if error.isDenial { known.withLock { $0[question] = (error, .now + Self.memory) } }
            throw error
        }
    }
}

extension RedisScript {
    /// The command that the source calls on a line, which counts from 1, or near it, for a call may have several; of several
    /// on one line all, as any of them may be meant.
    func command(onLine number: Int) -> String? {
        let lines = String(decoding: source, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        for number in [number, number - 1, number + 1] where lines.indices.contains(number - 1) {
            let calls = lines[number - 1].matches(of: /(?:redis\.p?call\(|^\s*)'([A-Z]+)'/).map { $0.1 }
            if !calls.isEmpty { return calls.joined(separator: " or ") }
        }
        return nil
    }
}
