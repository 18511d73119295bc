/// Why there is no response.
///
/// The message names hosts but never a whole URL, because the query may contain a key.
package struct HTTPError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What went wrong, to decide whether to retry.
    package enum Code: Equatable, Sendable {
        case timeout
        /// Resolving or connecting failed, TLS failed, or the connection broke.
        case network
        /// The body is larger than allowed, after decompression.
        case bodyTooLarge
        /// The server redirects to another host, or in a circle.
        case redirectRefused
        /// The request cannot be made: a malformed URL, a scheme other than http and https.
        case invalidRequest
        case cancelled
    }

    package let code: Code
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
