import Basics

/// What a request's head says of the request's own length, and of the connection.
///
/// RFC 9112, read strictly: what two readers could take for two different requests is refused.
struct RequestHead: Equatable {
    enum Body: Equatable {
        case length(Int)
        case chunked
    }

    private(set) var method = ""
    private(set) var isVersion10 = false
    /// Of HTTP/1.1: the client waits for `100 Continue` before it sends the body (RFC 9110, section 10.1.1).
    private(set) var expectsContinue = false
    private var fields = 0
    private var hosts = 0
    private var length: Int?
    private(set) var isChunked = false
    /// What the field Connection names, of what matters here.
    private var closes = false
    private var upgrades = false

    var isHEAD: Bool { method == "HEAD" }

    /// Whether the connection ends after this request.
    ///
    /// The decoder reads nothing behind one that asks for an upgrade, which is not taken here.
    var isLast: Bool { isVersion10 || closes || upgrades }

    /// The methods that routes are asked about: neither CONNECT, behind which there is no HTTP, nor those of extensions.
    private static let methods = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"]

    mutating func take(method: some Collection<UInt8>) {
        self.method = String(decoding: method, as: UTF8.self)
    }

    /// The origin form, the absolute form of http, `*` with OPTIONS, or anything with CONNECT (section 3.2).
    func check(target: some Collection<UInt8>) throws(Refusal) {
        if target.first == UInt8(ascii: "/") || method == "CONNECT" { return }
        if target.elementsEqual("*".utf8), method == "OPTIONS" { return }
        let scheme = ["http://", "https://"].first { target.lazy.map(lowercased).starts(with: $0.utf8) }
        guard let scheme else { throw .malformed("The request target is neither a path nor a URL of http.") }
        let authority = target.dropFirst(scheme.utf8.count).prefix {
            $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?")
        }
        guard authority.allSatisfy(Self.hostBytes.contains) else {
            throw .malformed("The request target's host is not a host and a port.")
        }
    }

    mutating func take(version: some Collection<UInt8>) throws(Refusal) {
        let version = String(decoding: version, as: UTF8.self)
        switch version {
        case "HTTP/1.1": isVersion10 = false
        case "HTTP/1.0": isVersion10 = true
        default:
            guard version.wholeMatch(of: /HTTP\/[0-9]\.[0-9]/) != nil else {
                throw .malformed("The request line does not end with a version of HTTP.")
            }
            throw .unknownVersion
        }
    }

    /// Takes a field line, without its end; of a trailer only its form and its number count.
    mutating func take(field line: some BidirectionalCollection<UInt8>, inTrailer: Bool, most: Int) throws(Refusal) {
        fields += 1
        guard fields <= most else { throw .tooManyFields }
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex,
            line[..<colon].allSatisfy(tokenBytes.contains)
        else {
            // A line that begins with white space is one too: line folding is obsolete (section 5.2).
            throw .malformed("A header field does not begin with a name and a colon.")
        }
        guard !inTrailer else { return }
        let (name, value) = (line[..<colon], line[line.index(after: colon)...])
        // Most names are none of these, by their length alone.
        switch name.count {
        case 4 where Self.reads(name, "host"): try take(host: Self.trimmed(value))
        case 6 where Self.reads(name, "expect"): expectsContinue = Self.reads(value, "100-continue")
        case 10 where Self.reads(name, "connection"):
            Self.forEachElement(value) { option in
                if Self.reads(option, "close") {
                    closes = true
                } else if Self.reads(option, "upgrade") {
                    upgrades = true
                }
            }
        case 14 where Self.reads(name, "content-length"): try take(length: Self.trimmed(value))
        case 17 where Self.reads(name, "transfer-encoding"): try take(coding: value)
        default: break
        }
    }

    /// How the body is framed, once the head is whole.
    mutating func finish(maxBody: Int) throws(Refusal) -> Body {
        if isVersion10 {
            expectsContinue = false
            if isChunked { throw .malformed("HTTP/1.0 has no Transfer-Encoding.") }
        } else if hosts == 0 {
            throw .malformed("The Host field is missing.")
        }
        guard Self.methods.contains(method) else { throw .unknownMethod(method) }
        guard let length else { return isChunked ? .chunked : .length(0) }
        if isChunked { throw .malformed("Content-Length and Transfer-Encoding stand beside each other.") }
        guard length <= maxBody else { throw .bodyTooLarge }
        return .length(length)
    }

    private mutating func take(length value: some Collection<UInt8>) throws(Refusal) {
        guard length == nil else { throw .malformed("Content-Length stands more than once.") }
        guard !value.isEmpty, value.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }) else {
            throw .malformed("Content-Length is not a number.")
        }
        length = value.reduce(0) { length, digit in
            let (tens, isOver) = length.multipliedReportingOverflow(by: 10)
            let (sum, isOverToo) = tens.addingReportingOverflow(Int(digit - UInt8(ascii: "0")))
            return isOver || isOverToo || length == .max ? .max : sum
        }
    }

    private mutating func take(coding value: some BidirectionalCollection<UInt8>) throws(Refusal) {
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

    private mutating func take(host value: some Collection<UInt8>) throws(Refusal) {
        hosts += 1
        guard hosts == 1 else { throw .malformed("Host stands more than once.") }
        guard value.allSatisfy(Self.hostBytes.contains) else {
            throw .malformed("Host is not a host and a port.")
        }
    }

    /// What RFC 3986 lets stand in a host and a port.
    private static let hostBytes = ByteSet("!$%&'*+-._~:[]()=;,").union(.alphanumerics)

    private static func trimmed(_ value: some BidirectionalCollection<UInt8>) -> some BidirectionalCollection<UInt8> {
        let isBlank = { (byte: UInt8) in byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        let front = value.drop(while: isBlank)
        guard let last = front.lastIndex(where: { !isBlank($0) }) else { return front }
        return front[...last]
    }

    /// Calls `body` with what stands between commas, of which there is one less.
    private static func forEachElement<Value: Collection<UInt8>>(_ value: Value, _ body: (Value.SubSequence) -> Void) {
        var rest = value[...]
        while let comma = rest.firstIndex(of: UInt8(ascii: ",")) {
            body(rest[..<comma])
            rest = rest[rest.index(after: comma)...]
        }
        body(rest)
    }

    /// Whether this is the word, which is in lower case, whatever white space is in it.
    private static func reads(_ bytes: some Collection<UInt8>, _ word: StaticString) -> Bool {
        word.withUTF8Buffer { word in
            bytes.lazy.filter { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }.map(lowercased)
                .elementsEqual(word)
        }
    }
}

/// What a token is made of (RFC 9110, section 5.6.2).
let tokenBytes = ByteSet("!#$%&'*+-.^_`|~").union(.alphanumerics)
