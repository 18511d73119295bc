import HTTPTypes

extension HTTPField.Name {
    /// Defined in the IETF's draft-ietf-httpapi-idempotency-key-header.
    static let idempotencyKey = Self("Idempotency-Key").unsafelyUnwrapped
    static let idempotentReplayed = Self("Idempotent-Replayed").unsafelyUnwrapped
    /// RFC 8288.
    static let link = Self("Link").unsafelyUnwrapped
}
