/// A reply in RESP2.
///
/// An error reply inside an array stays a value; at the top `RedisClient` throws it.
package enum RedisReply: Equatable, Sendable {
    /// A bulk string (`$`), byte for byte: it need not be UTF-8.
    case bulk([UInt8])
    /// A simple string (`+`), such as `OK`; bytes that are not UTF-8 are repaired.
    case status(String)
    /// An integer (`:`).
    case integer(Int64)
    case array([RedisReply])
    /// A null bulk string or a null array: no such key or field, or a wait that has run out.
    case null
    /// An error (`-`): its text, whose first word tells its kind.
    case error(String)
}

extension RedisReply {
    /// The text of a bulk string or a status; bytes that are not UTF-8 are repaired.
    package var text: String? {
        switch self {
        case .bulk(let bytes): String(decoding: bytes, as: UTF8.self)
        case .status(let text): text
        default: nil
        }
    }

    /// The bytes of a bulk string; nil for a status and all else.
    package var bytes: [UInt8]? {
        if case .bulk(let bytes) = self { bytes } else { nil }
    }

    /// Returns nil for digits in a string, such as `GET` and `HGET` give.
    package var integer: Int64? {
        if case .integer(let value) = self { value } else { nil }
    }

    package var array: [RedisReply]? {
        if case .array(let elements) = self { elements } else { nil }
    }
}
