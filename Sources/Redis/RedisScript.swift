import Digests

/// A Lua script, sent by its SHA-1 and in full only where Redis does not have it.
package struct RedisScript: Sendable {
    /// The name of its file without `.lua`, by which a missing right is told.
    package let name: String
    let source: [UInt8]
    let digest: String

    /// `functions` are Lua that stands in front of the source.
    ///
    /// With `probesWrites` it may call `denied(writes)` too: see `denied.lua`.
    package init(name: String, source: [UInt8], functions: [UInt8] = [], probesWrites: Bool = false) {
        self.name = name
        self.source = (probesWrites ? PackageResources.denied_lua : []) + functions + source
        digest = Digest.sha1(self.source)
    }
}

extension RedisScript {
    fileprivate func commands(
        _ keys: [String], _ arguments: [any RedisArgument]
    ) -> (bySHA: RedisCommand, whole: () -> RedisCommand) {
        let operands: [any RedisArgument] = [keys.count] + keys + arguments
        return (
            RedisCommand("EVALSHA", arguments: [digest] + operands),
            { RedisCommand("EVAL", arguments: [source] + operands) }
        )
    }
}

extension RedisClient {
    /// Runs the script by EVALSHA, and by EVAL after NOSCRIPT.
    ///
    /// The second try is safe for any script: NOSCRIPT says that it did not run.
    package func evaluate(
        _ script: RedisScript, keys: [String], arguments: [any RedisArgument], timeout: Duration? = nil
    ) async throws(RedisError) -> RedisReply {
        let commands = script.commands(keys, arguments)
        do throws(RedisError) {
            return try await send(commands.bySHA, running: script, timeout: timeout)
        } catch {
            guard error.code == .server("NOSCRIPT") else { throw error }
            return try await send(commands.whole(), running: script, timeout: timeout)
        }
    }

    /// As `evaluate`, with another command right behind it on the same connection; its reply, errors included, too.
    package func evaluate(
        _ script: RedisScript, keys: [String], arguments: [any RedisArgument], then second: RedisCommand,
        timeout: Duration? = nil
    ) async throws(RedisError) -> (RedisReply, RedisReply) {
        let commands = script.commands(keys, arguments)
        var replies = try await send(commands.bySHA, then: second, timeout: timeout)
        if case .error(let text) = replies.0, text.hasPrefix("NOSCRIPT") {
            replies = try await send(commands.whole(), then: second, timeout: timeout)
        }
        if case .error(let text) = replies.0 {
            throw RedisError(serverError: text, command: commands.bySHA.name, running: script)
        }
        return replies
    }
}
