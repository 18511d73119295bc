import Basics
import Config
import Digests
import Foundation

/// How a request is signed: an HMAC (RFC 2104) of its parts.
package struct SignatureSettings: Sendable {
    enum Encoding: String, CaseIterable {
        case hex, base64
    }

    enum KeyEncoding: String, CaseIterable {
        case text, hex, base64
    }

    private let key: [UInt8]
    private let message: RequestTemplate
    private let hash: Digest.HMACHash
    private let encoding: Encoding

    init?(reading reader: ConfigReader) {
        let keyEncoding = reader.choice("key_is", default: KeyEncoding.text, "How the key is written.")
        let key = reader.parsed("key", type: "string", "The secret, as in `${MOOD_SECRET}`.") { text in
            guard let keyEncoding, let key = Self.key(text, keyEncoding) else {
                throw InvalidText("is not written in \(keyEncoding?.rawValue ?? "text")")
            }
            reader.context.keepSecret(text)
            return key
        }
        let message = reader.template(
            "of", allowsLines: true,
            "What is signed: `${now:unix}${method}${path}${body}`, or `${query}`, which lacks what has the signature.",
            knowing: [.method, .path, .query, .body])
        let hash = reader.choice("hash", default: Digest.HMACHash.sha256, "The hash function of the HMAC.")
        let encoding = reader.choice("as", default: Encoding.hex, "How `${signature}` is written.")
        reader.finish()
        guard let key, let message, let hash, let encoding else { return nil }
        self.key = key
        self.message = message
        self.hash = hash
        self.encoding = encoding
    }

    private static func key(_ text: String, _ encoding: KeyEncoding) -> [UInt8]? {
        switch encoding {
        case .text: Array(text.utf8)
        case .hex: bytes(hexadecimal: text)
        case .base64: Data(base64Encoded: text).map { Array($0) }
        }
    }

    /// `values` have the parts of the request.
    func signature(of values: RequestValues) -> String {
        let code = Digest.hmac(hash, key: key, Array(message.text(values).utf8))
        return switch encoding {
        case .hex: Digest.hexadecimal(code)
        case .base64: Data(code).base64EncodedString()
        }
    }
}
