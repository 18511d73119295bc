/// Why there is no response.
///
/// The message names hosts, never a whole URL: its query may hold a key.
package struct HTTPError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What went wrong, for whoever decides whether to ask again.
    package enum Code: Equatable, Sendable {
        case timeout
        /// Resolving, connecting, TLS, or the connection broke.
        case network
        /// The body is larger than allowed, after decompression.
        case bodyTooLarge
        /// The server points to another host, or in circles.
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
