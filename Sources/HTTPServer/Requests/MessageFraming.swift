import Basics

/// What a request's fields say about the length of its body and about the connection (RFC 9112, sections 6 and 9).
///
/// Strict: requests that two readers could interpret differently are refused.
struct MessageFraming: Equatable {
    enum Body: Equatable {
        case length(Int)
        case chunked
    }

    var isVersion10 = false
    /// The client waits for `100 Continue` before it sends the body (RFC 9110, section 10.1.1).
    private(set) var expectsContinue = false
    private var hosts = 0
    private var length: Int?
    private var isChunked = false
    private var closes = false
    private var upgrades = false

    /// Whether the connection ends after this request.
    ///
    /// Upgrades are never accepted, and what the client sends after such a request may be in the other protocol.
    var isLast: Bool { isVersion10 || closes || upgrades }

    /// Takes one field; the name may have any case, and the value has no white space around it.
    mutating func take(
        name: UnsafeRawBufferPointer.SubSequence, value: UnsafeRawBufferPointer.SubSequence
    ) throws(Refusal) {
        // The length alone rules out most names.
        switch name.count {
        case 4 where Self.reads(name, "host"): try take(host: value)
        case 6 where Self.reads(name, "expect"):
            // Other expectations are ignored, as the RFC allows.
            Self.forEachElement(value) { if Self.reads($0, "100-continue") { expectsContinue = true } }
        case 10 where Self.reads(name, "connection"):
            Self.forEachElement(value) { option in
                if Self.reads(option, "close") {
                    closes = true
                } else if Self.reads(option, "upgrade") {
                    upgrades = true
                }
            }
        case 14 where Self.reads(name, "content-length"): try take(length: value)
        case 17 where Self.reads(name, "transfer-encoding"): try take(coding: value)
        default: break
        }
    }

    /// Returns how the body is framed; must be called once, when the head is complete.
    mutating func finish(maxBody: Int) throws(Refusal) -> Body {
        if isVersion10 {
            expectsContinue = false
            if isChunked { throw .malformed("HTTP/1.0 has no Transfer-Encoding.") }
        } else if hosts == 0 {
            throw .malformed("The Host field is missing.")
        }
        guard let length else { return isChunked ? .chunked : .length(0) }
        if isChunked { throw .malformed("Content-Length and Transfer-Encoding stand beside each other.") }
        guard length <= maxBody else { throw .bodyTooLarge }
        return .length(length)
    }

    /// The bytes that RFC 3986 allows in a host and a port.
    static let hostBytes = ByteSet("!$%&'*+-._~:[]()=;,").union(.alphanumerics)

    private mutating func take(host value: UnsafeRawBufferPointer.SubSequence) throws(Refusal) {
        hosts += 1
        guard hosts == 1 else { throw .malformed("Host stands more than once.") }
        guard value.allSatisfy(Self.hostBytes.contains) else {
            throw .malformed("Host is not a host and a port.")
        }
    }

    private mutating func take(length value: UnsafeRawBufferPointer.SubSequence) throws(Refusal) {
        guard length == nil else { throw .malformed("Content-Length stands more than once.") }
        guard !value.isEmpty, value.allSatisfy(isDigit) else { throw .malformed("Content-Length is not a number.") }
        // A length that overflows exceeds any limit.
        length = value.reduce(0) { length, digit in
            let (tens, isOver) = length.multipliedReportingOverflow(by: 10)
            let (sum, isOverToo) = tens.addingReportingOverflow(Int(digit - UInt8(ascii: "0")))
            return isOver || isOverToo || length == .max ? .max : sum
        }
    }

    private mutating func take(coding value: UnsafeRawBufferPointer.SubSequence) throws(Refusal) {
        guard !isChunked else { throw .malformed("Transfer-Encoding stands more than once.") }
        var (codings, chunked, last) = (0, 0, 0)
        Self.forEachElement(value) { coding in
            codings += 1
            if Self.reads(coding, "chunked") { (chunked, last) = (chunked + 1, codings) }
        }
        guard last == codings, chunked == 1 else {
            throw .malformed("Transfer-Encoding does not end with chunked, once.")
        }
        guard codings == 1 else { throw .unknownCoding }
        isChunked = true
    }

    /// Calls `body` with each part between commas.
    private static func forEachElement(
        _ value: UnsafeRawBufferPointer.SubSequence, _ body: (UnsafeRawBufferPointer.SubSequence) -> Void
    ) {
        var rest = value
        while let comma = rest.firstIndex(of: UInt8(ascii: ",")) {
            body(rest[..<comma])
            rest = rest[rest.index(after: comma)...]
        }
        body(rest)
    }

    /// Whether this is the word, which is in lower case, ignoring the case and surrounding white space.
    private static func reads(_ bytes: UnsafeRawBufferPointer.SubSequence, _ word: StaticString) -> Bool {
        var bytes = bytes.drop(while: isBlank)
        while let last = bytes.last, isBlank(last) { bytes.removeLast() }
        return word.withUTF8Buffer { word in bytes.count == word.count && bytes.lazy.map(lowercased).elementsEqual(word)
        }
    }
}

/// Whether the byte is optional white space, which may surround a field's value and the elements of a list (RFC 9110, section
/// 5.6.3).
func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
