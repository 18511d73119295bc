import CCrypto

/// Hash functions; the results are in lowercase hexadecimal unless stated otherwise.
package enum Digest {
    /// The hash by which Redis identifies a script.
    package static func sha1(_ bytes: [UInt8]) -> String {
        hash(EVP_sha1(), [bytes])
    }

    /// The hash of the concatenated parts.
    package static func sha256(_ parts: [UInt8]...) -> String {
        hash(EVP_sha256(), parts)
    }

    /// The 32 bytes of the digest.
    package static func sha256Bytes(_ bytes: [UInt8]) -> [UInt8] {
        hashBytes(EVP_sha256(), [bytes])
    }

    /// The hash functions of HMACs.
    package enum HMACHash: String, CaseIterable, Sendable {
        case sha1, sha256, sha384, sha512

        fileprivate var algorithm: OpaquePointer? {
            switch self {
            case .sha1: EVP_sha1()
            case .sha256: EVP_sha256()
            case .sha384: EVP_sha384()
            case .sha512: EVP_sha512()
            }
        }
    }

    /// The bytes of the message's HMAC (RFC 2104).
    package static func hmac(_ hash: HMACHash = .sha256, key: [UInt8], _ message: [UInt8]) -> [UInt8] {
        var output = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var count: UInt32 = 0
        guard HMAC(hash.algorithm, key, Int32(key.count), message, message.count, &output, &count) != nil else {
            preconditionFailure("out of memory while hashing")
        }
        return Array(output.prefix(Int(count)))
    }

    /// A SHA-256 that is computed incrementally.
    package final class RunningSHA256 {
        private let context = EVP_MD_CTX_new()

        package init() {
            guard EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
                preconditionFailure("out of memory while hashing")
            }
        }

        deinit { EVP_MD_CTX_free(context) }

        package func update(_ piece: [UInt8]) {
            guard EVP_DigestUpdate(context, piece, piece.count) == 1 else {
                preconditionFailure("out of memory while hashing")
            }
        }

        /// Must be called once, after the last piece.
        package func finish() -> String {
            var output = [UInt8](repeating: 0, count: 32)
            guard EVP_DigestFinal_ex(context, &output, nil) == 1 else {
                preconditionFailure("out of memory while hashing")
            }
            return Digest.hexadecimal(output)
        }
    }

    private static func hash(_ algorithm: OpaquePointer?, _ parts: [[UInt8]]) -> String {
        hexadecimal(hashBytes(algorithm, parts))
    }

    /// In lower case.
    package static func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private static func hashBytes(_ algorithm: OpaquePointer?, _ parts: [[UInt8]]) -> [UInt8] {
        let context = EVP_MD_CTX_new()
        defer { EVP_MD_CTX_free(context) }
        var output = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var count: UInt32 = 0
        let isWhole =
            EVP_DigestInit_ex(context, algorithm, nil) == 1
            && parts.allSatisfy { EVP_DigestUpdate(context, $0, $0.count) == 1 }
            && EVP_DigestFinal_ex(context, &output, &count) == 1
        guard isWhole else { preconditionFailure("out of memory while hashing") }
        return Array(output.prefix(Int(count)))
    }
}
