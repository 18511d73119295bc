import CJQ

/// Parses a text that arrives in pieces and must be exactly one JSON value, or a sequence of values, which become an array.
///
/// The parser and its value must only be used by one thread at a time, because jv's reference counts are not atomic.
final class JVParser {
    private var parser: OpaquePointer
    private var value: jv?
    private let isSequence: Bool
    private var failure: JQError?
    /// The end of the text so far, which cannot be checked without what follows.
    private var held: [UInt8] = []
    private(set) var numbers = ExactNumbers()
    /// The text so far, in case it must be parsed once more.
    private var pieces: [[UInt8]] = []

    init(isSequence: Bool = false) {
        self.isSequence = isSequence
        if isSequence { value = jv_array() }
        parser = Self.newParser()
    }

    private static func newParser() -> OpaquePointer {
        guard let parser = jv_parser_new(0) else { preconditionFailure("out of memory for a JSON parser") }
        return parser
    }

    deinit {
        if let value { jv_free(value) }
        jv_parser_free(parser)
    }

    /// Takes the next piece; the text may be cut anywhere.
    func feed(_ piece: [UInt8]) {
        take(piece, isLast: false)
    }

    /// Returns the value, which the caller then owns; no more pieces may follow.
    func end() throws(JQError) -> jv {
        take([], isLast: true)
        if failure == nil, numbers.needStandIns { parseAgain() }
        if let failure { throw failure }
        guard let value else { throw Self.failure("Expected JSON value") }
        self.value = nil
        return value
    }

    private func take(_ piece: [UInt8], isLast: Bool) {
        guard failure == nil else { return }
        let text = LoneSurrogates.replaced(in: held.isEmpty ? piece : held + piece, isLast: isLast, rest: &held)
        numbers.see(text, isLast: isLast)
        if let reason = numbers.failure { failure = Self.failure(reason) }
        pieces.append(text)
        parse(text, isLast: isLast)
    }

    private func parseAgain() {
        let exact = numbers.rewritten(Array(pieces.joined()))
        if let reason = numbers.failure { failure = Self.failure(reason) }
        pieces = []
        if let value { jv_free(value) }
        value = isSequence ? jv_array() : nil
        jv_parser_free(parser)
        parser = Self.newParser()
        parse(exact, isLast: true)
    }

    private func parse(_ text: [UInt8], isLast: Bool) {
        text.withUnsafeBytes { bytes in
            withUnsafeBytes(of: UInt8(0)) { nothing in
                let base = bytes.baseAddress ?? nothing.baseAddress
                jv_parser_set_buf(
                    parser, base?.assumingMemoryBound(to: CChar.self), Int32(clamping: bytes.count), isLast ? 0 : 1)
                while failure == nil, takeNext() {}
            }
        }
    }

    /// Returns false if the text so far contains nothing more.
    private func takeNext() -> Bool {
        let next = jv_parser_next(parser)
        guard jv_get_kind(next) == JV_KIND_INVALID else {
            if isSequence, let array = value {
                value = jv_array_append(array, next)
            } else if value == nil {
                value = next
            } else {
                jv_free(next)
                failure = Self.failure("Unexpected extra JSON values")
            }
            return true
        }
        guard jv_invalid_has_msg(jv_copy(next)) != 0 else {
            jv_free(next)
            return false
        }
        failure = Self.failure(JV.takeMessage(jv_invalid_get_msg(next)))
        return true
    }

    private static func failure(_ reason: String) -> JQError {
        JQError("not one whole JSON value: \(reason)", .malformed)
    }
}
