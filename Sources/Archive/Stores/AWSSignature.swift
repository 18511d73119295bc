package import Basics
import Digests

/// AWS Signature Version 4 of a request, for the header `Authorization`.
///
/// Source: "Authenticating Requests (AWS Signature Version 4)" in Amazon's S3 API Reference. The path is percent-encoded once and
/// not normalized, which is a rule of S3 alone.
struct AWSSignature {
    let credentials: S3Credentials
    let region: String
    let service: String

    /// The parts of a request that are signed.
    struct Request {
        let method: String
        /// Not encoded yet.
        let path: String
        /// Not encoded yet, in any order.
        var query: [(name: String, value: String)] = []
        /// All of them are signed; `Host` and `X-Amz-Date` must be among them.
        var headers: [(name: String, value: String)]
        /// SHA-256 of the body, in hexadecimal.
        let payload: String

        /// Path and query as they are signed; the request must be sent with exactly these.
        var target: String { query.isEmpty ? encodedPath : "\(encodedPath)?\(encodedQuery)" }

        fileprivate var encodedPath: String {
            path.split(separator: "/", omittingEmptySubsequences: false)
                .map { PercentEncoding.encode(String($0)) }.joined(separator: "/")
        }

        fileprivate var encodedQuery: String {
            query.map { (PercentEncoding.encode($0.name), PercentEncoding.encode($0.value)) }.sorted { $0 < $1 }
                .map { "\($0)=\($1)" }.joined(separator: "&")
        }

        /// Sorted by lowercase name; values of the same name keep their order.
        fileprivate var canonicalHeaders: [(name: String, value: String)] {
            Dictionary(grouping: headers) { $0.name.lowercased() }.sorted { $0.key < $1.key }.map { name, headers in
                let values = headers.map {
                    $0.value.split { $0.isWhitespace }.joined(separator: " ")
                }
                return (name, values.joined(separator: ","))
            }
        }

        fileprivate var signedHeaders: String { canonicalHeaders.map(\.name).joined(separator: ";") }

        var canonical: String {
            let headers = canonicalHeaders.map { "\($0.name):\($0.value)\n" }.joined()
            return [method, encodedPath, encodedQuery, headers, signedHeaders, payload].joined(separator: "\n")
        }
    }

    /// Returns the value of `Authorization`; `date` is the value of `X-Amz-Date`.
    func authorization(of request: Request, date: String) -> String {
        let scope = [String(date.prefix(8)), region, service, "aws4_request"]
        let text = [
            "AWS4-HMAC-SHA256", date, scope.joined(separator: "/"), Digest.sha256(Array(request.canonical.utf8)),
        ].joined(separator: "\n")
        let key = scope.reduce(Array("AWS4\(credentials.secretKey)".utf8)) {
            Digest.hmac(key: $0, Array($1.utf8))
        }
        let signature = Digest.hmac(key: key, Array(text.utf8)).map { hexadecimal($0, width: 2) }.joined()
        return "AWS4-HMAC-SHA256 Credential=\(credentials.accessKey)/\(scope.joined(separator: "/")),"
            + "SignedHeaders=\(request.signedHeaders),Signature=\(signature)"
    }

    /// A date in the form of `X-Amz-Date`: `20130524T000000Z`, which is RFC 3339 without punctuation and fraction.
    static func date(_ instant: Timestamp) -> String {
        instant.rfc3339.prefix(19).filter { $0 != "-" && $0 != ":" } + "Z"
    }
}

/// The keys that sign requests to S3; they are never printed, not even by `dump`.
package struct S3Credentials: Sendable, CustomStringConvertible, CustomReflectable {
    let accessKey: String
    let secretKey: String
    /// Only for temporary keys.
    let sessionToken: String?

    /// Throws if a value cannot be a key; the error names the usual environment variables and contains nothing of the keys.
    package init(accessKey: String, secretKey: String, sessionToken: String? = nil) throws(InvalidText) {
        let named = [
            ("AWS_ACCESS_KEY_ID", accessKey), ("AWS_SECRET_ACCESS_KEY", secretKey),
            ("AWS_SESSION_TOKEN", sessionToken ?? "-"),
        ]
        for (name, value) in named {
            if value.isEmpty { throw InvalidText("\(name) is empty") }
            // For example a newline that was copied with the key: it would break the request's headers.
            guard value.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
                throw InvalidText("\(name) has a space, a line's end or another character in it that no key has")
            }
        }
        (self.accessKey, self.secretKey, self.sessionToken) = (accessKey, secretKey, sessionToken)
    }

    /// Reads the keys from the environment variables that Amazon's tools use.
    package init(variable: (String) -> String?) throws(InvalidText) {
        func value(_ name: String) -> String? { variable(name).flatMap { $0.isEmpty ? nil : $0 } }
        guard let accessKey = value("AWS_ACCESS_KEY_ID"), let secretKey = value("AWS_SECRET_ACCESS_KEY") else {
            throw InvalidText("needs the environment variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
        }
        try self.init(accessKey: accessKey, secretKey: secretKey, sessionToken: value("AWS_SESSION_TOKEN"))
    }

    package var description: String { "the keys of an S3 store" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
