import Crypto

/// A Lua script, sent by its SHA-1 and in full only where Redis does not have it.
package struct RedisScript: Sendable {
    package let name: String
    let source: [UInt8]
    let digest: String

    package init(name: String, source: [UInt8]) {
        self.name = name
        self.source = source
        digest = Insecure.SHA1.hash(data: source).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

extension RedisClient {
    /// Runs the script by EVALSHA, and by EVAL after NOSCRIPT.
    ///
    /// The second try is safe for any script: NOSCRIPT says that it did not run.
    package func evaluate(
        _ script: RedisScript, keys: [String], arguments: [any RedisArgument], timeout: Duration? = nil
    ) async throws(RedisError) -> RedisReply {
        let operands: [any RedisArgument] = [keys.count] + keys + arguments
        do throws(RedisError) {
            return try await send(RedisCommand("EVALSHA", arguments: [script.digest] + operands), timeout: timeout)
        } catch {
            guard error.code == .server("NOSCRIPT") else { throw error }
            return try await send(RedisCommand("EVAL", arguments: [script.source] + operands), timeout: timeout)
        }
    }
}
