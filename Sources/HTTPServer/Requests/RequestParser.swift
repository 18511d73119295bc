import Basics
import NIOCore

/// Parses one request incrementally; refuses what is malformed or exceeds its limits.
///
/// Follows RFC 9112 strictly: lines end with CR LF, there is no space after a field name, no line folding, and a request that
/// could be framed in two ways is refused.
struct RequestParser {
    enum Outcome: Equatable {
        case incomplete
        /// The request takes this many bytes; `request(_:)` makes it.
        case complete(Int)
    }

    private enum Part: Equatable {
        case method, target, version, fields
        case body(left: Int)
        case chunkSize, chunkEnd, trailer
        case chunk(left: Int)
        case complete
    }

    private let limits: HTTPLimits
    private(set) var framing = MessageFraming()
    private var part = Part.method
    /// How many bytes were examined.
    private var position = 0
    /// Where the current line or word begins.
    private var start = 0
    private var method: Request.Method?
    private var methodEnd = 0
    private var target = 0..<0
    private var lines: [Request.FieldLine] = []
    private var hasOldLines = false
    private var trailerLines = 0
    private var bodyStart = 0
    private var isChunked = false
    /// For a chunked body: the bytes of its chunks, and those of its framing.
    private var chunkBytes = 0
    private var framingBytes = 0

    private static let longestMethod = 32
    /// Enough fields for most requests, so that the array rarely grows.
    private static let usualFields = 16

    init(_ limits: HTTPLimits) {
        self.limits = limits
    }

    /// Prepares for the next request.
    ///
    /// The array of fields is reused, unless the last request still holds it.
    mutating func reset() {
        let lines = lines
        self = RequestParser(limits)
        self.lines = lines
        hasOldLines = true
    }

    /// Whether the head is complete.
    var isInBody: Bool {
        switch part {
        case .method, .target, .version, .fields: false
        default: true
        }
    }

    /// Whether the method is HEAD, as far as it is known.
    var isHEAD: Bool { method == .head }

    /// Takes all bytes of the request so far, always from its start; bytes that were examined before are not examined again.
    mutating func parse(_ bytes: UnsafeRawBufferPointer) throws(Refusal) -> Outcome {
        while true {
            let isDone =
                switch part {
                case .method: try parseMethod(bytes)
                case .target: try parseTarget(bytes)
                case .version: try parseVersion(bytes)
                case .fields: try parseField(bytes)
                case .body(let left): parseBody(bytes, left)
                case .chunkSize: try parseChunkSize(bytes)
                case .chunk(let left): parseChunk(bytes, left)
                case .chunkEnd: try parseChunkEnd(bytes)
                case .trailer: try parseTrailer(bytes)
                case .complete: false
                }
            if part == .complete { return .complete(position) }
            guard isDone else { return .incomplete }
        }
    }

    /// Makes the request from its bytes; nil unless it is complete.
    func request(_ bytes: ByteBuffer) -> Request? {
        guard part == .complete, let method else { return nil }
        return Request(
            method, target: target, bytes: bytes, lines: lines, bodyStart: bodyStart,
            chunks: isChunked ? joinedChunks(bytes) : nil, isVersion10: framing.isVersion10)
    }

    // MARK: The request line. Each function returns whether its part is done.

    private mutating func parseMethod(_ bytes: UnsafeRawBufferPointer) throws(Refusal) -> Bool {
        if hasOldLines {
            lines.removeAll(keepingCapacity: true)
            hasOldLines = false
        }
        let token = tokenBytes
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte == UInt8(ascii: " "), position - start > 1 {
                methodEnd = position - 1
                method = Self.method(bytes[start..<methodEnd])
                go(to: .target)
                return true
            }
            guard token.contains(byte), position - start <= Self.longestMethod else {
                throw .malformed("The request line does not begin with a method.")
            }
        }
        return false
    }

    private static func method(_ bytes: UnsafeRawBufferPointer.SubSequence) -> Request.Method? {
        Request.Method.allCases.first { bytes.elementsEqual($0.rawValue.utf8) }
    }

    private mutating func parseTarget(_ bytes: UnsafeRawBufferPointer) throws(Refusal) -> Bool {
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte == UInt8(ascii: " ") {
                target = start..<position - 1
                try check(target: bytes[target], isCONNECT: bytes[..<methodEnd].elementsEqual("CONNECT".utf8))
                go(to: .version)
                return true
            }
            guard byte > 0x20, byte < 0x7F else {
                throw .malformed("The request target holds a byte that must be percent-encoded.")
            }
            guard position - start <= limits.maxURI else { throw .uriTooLong }
        }
        return false
    }

    /// The origin form, the absolute form of http, `*` with OPTIONS, or anything with CONNECT (section 3.2).
    private func check(target: UnsafeRawBufferPointer.SubSequence, isCONNECT: Bool) throws(Refusal) {
        if target.first == UInt8(ascii: "/") || isCONNECT { return }
        if method == .options, target.elementsEqual("*".utf8) { return }
        let scheme = ["http://", "https://"].first { target.lazy.map(lowercased).starts(with: $0.utf8) }
        guard let scheme else { throw .malformed("The request target is neither a path nor a URL of http.") }
        let authority = target.dropFirst(scheme.utf8.count).prefix {
            $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?")
        }
        guard let first = authority.first, first != UInt8(ascii: ":"),
            authority.allSatisfy(MessageFraming.hostBytes.contains)
        else {
            throw .malformed("The request target's host is not a host and a port.")
        }
    }

    private mutating func parseVersion(_ bytes: UnsafeRawBufferPointer) throws(Refusal) -> Bool {
        // Looks no further than its length, so that the result does not depend on how the bytes arrive.
        let end = start + "HTTP/1.1\r\n".utf8.count
        guard let line = try line(UnsafeRawBufferPointer(rebasing: bytes[..<min(bytes.count, end)])) else {
            guard bytes.count < end else { throw .malformed("The request line does not end with a version of HTTP.") }
            return false
        }
        let version = bytes[line]
        if version.elementsEqual("HTTP/1.0".utf8) {
            framing.isVersion10 = true
        } else if !version.elementsEqual("HTTP/1.1".utf8) {
            let isVersion =
                version.count == 8 && version.starts(with: "HTTP/".utf8)
                && version[line.lowerBound + 6] == UInt8(ascii: ".")
                && isDigit(version[line.lowerBound + 5]) && isDigit(version[line.lowerBound + 7])
            guard isVersion else { throw .malformed("The request line does not end with a version of HTTP.") }
            throw .unknownVersion
        }
        go(to: .fields)
        return true
    }

    // MARK: Lines

    private mutating func parseField(_ bytes: UnsafeRawBufferPointer) throws(Refusal) -> Bool {
        // Looks no further than the limit, so that the result does not depend on how the bytes arrive.
        let window = UnsafeRawBufferPointer(rebasing: bytes[..<min(bytes.count, limits.maxHead + 1)])
        let line = try line(window)
        guard position <= limits.maxHead, line != nil || bytes.count <= limits.maxHead else { throw .headTooLarge }
        guard let line else { return false }
        start = position
        guard line.isEmpty else {
            let field = try Self.field(bytes, line)
            guard lines.count < limits.maxFields else { throw .tooManyFields }
            try framing.take(name: bytes[field.name], value: bytes[field.value])
            if lines.capacity == 0 { lines.reserveCapacity(Self.usualFields) }
            lines.append(
                Request.FieldLine(
                    name: Int32(field.name.lowerBound)..<Int32(field.name.upperBound),
                    value: Int32(field.value.lowerBound)..<Int32(field.value.upperBound)))
            return true
        }
        bodyStart = position
        guard method != nil else { throw .unknownMethod(String(decoding: bytes[..<methodEnd], as: UTF8.self)) }
        switch try framing.finish(maxBody: limits.maxBody) {
        case .length(let length): go(to: length == 0 ? .complete : .body(left: length))
        case .chunked:
            isChunked = true
            go(to: .chunkSize)
        }
        return true
    }

    /// The positions of a field line's name and value.
    private static func field(
        _ bytes: UnsafeRawBufferPointer, _ line: Range<Int>
    ) throws(Refusal) -> (name: Range<Int>, value: Range<Int>) {
        let token = tokenBytes
        var colon = line.lowerBound
        while colon < line.upperBound, token.contains(bytes[colon]) { colon += 1 }
        guard colon > line.lowerBound, colon < line.upperBound, bytes[colon] == UInt8(ascii: ":") else {
            // This includes a line that begins with white space, because line folding is obsolete (section 5.2).
            throw .malformed("A header field does not begin with a name and a colon.")
        }
        var (first, end) = (colon + 1, line.upperBound)
        while first < end, isBlank(bytes[first]) { first += 1 }
        while first < end, isBlank(bytes[end - 1]) { end -= 1 }
        return (line.lowerBound..<colon, first..<end)
    }

    /// The next line without its CR LF; nil if it is not complete yet.
    private mutating func line(_ bytes: UnsafeRawBufferPointer) throws(Refusal) -> Range<Int>? {
        while true {
            position = Self.firstControl(in: bytes, from: position)
            guard position < bytes.count else { return nil }
            switch bytes[position] {
            case UInt8(ascii: "\t"): position += 1
            case UInt8(ascii: "\r"):
                guard position + 1 < bytes.count else { return nil }
                guard bytes[position + 1] == UInt8(ascii: "\n") else { throw Self.badLineEnd }
                position += 2
                return start..<position - 2
            case UInt8(ascii: "\n"): throw Self.badLineEnd
            default: throw .malformed("The request's head holds a control character.")
            }
        }
    }

    private static let badLineEnd = Refusal.malformed("A line does not end with CR and LF.")

    /// The index of the first byte below 0x20, or of 0x7F; the end if there is none.
    ///
    /// Checks eight bytes at a time, because most bytes of a request are only examined here.
    private static func firstControl(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        let (tops, ones) = (0x8080_8080_8080_8080 as UInt64, 0x0101_0101_0101_0101 as UInt64)
        var place = start
        while place + 8 <= bytes.count {
            let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self))
            let low = word & ~tops
            // The top bit of a byte: it is set in the first sum for 0x20 and above, and in the second for 0x7F.
            let found = (~(low &+ 0x60 &* ones) | (low &+ ones)) & ~word & tops
            if found != 0 { return place + found.trailingZeroBitCount / 8 }
            place += 8
        }
        while place < bytes.count, bytes[place] >= 0x20, bytes[place] != 0x7F { place += 1 }
        return place
    }

    // MARK: The body

    private mutating func parseBody(_ bytes: UnsafeRawBufferPointer, _ left: Int) -> Bool {
        let here = min(left, bytes.count - position)
        position += here
        part = here == left ? .complete : .body(left: left - here)
        return false
    }

    /// Takes as many complete chunks as there are; a client may send each byte as a chunk.
    private mutating func parseChunkSize(_ bytes: UnsafeRawBufferPointer) throws(Refusal) -> Bool {
        while true {
            guard let line = try framingLine(bytes) else { return false }
            guard let (size, digitsEnd) = chunkSize(bytes, line), areExtensions(bytes, digitsEnd..<line.upperBound)
            else { throw .malformed("A chunk does not begin with its size.") }
            chunkBytes += size
            guard chunkBytes <= limits.maxBody else { throw .bodyTooLarge }
            let end = position + size
            guard size > 0, end + 2 <= bytes.count, bytes[end] == UInt8(ascii: "\r"),
                bytes[end + 1] == UInt8(ascii: "\n")
            else {
                go(to: size == 0 ? .trailer : .chunk(left: size))
                return true
            }
            position = end + 2
            start = position
            framingBytes += 2
        }
    }

    private mutating func parseChunk(_ bytes: UnsafeRawBufferPointer, _ left: Int) -> Bool {
        let here = min(left, bytes.count - position)
        position += here
        guard here == left else {
            part = .chunk(left: left - here)
            return false
        }
        go(to: .chunkEnd)
        return true
    }

    private mutating func parseChunkEnd(_ bytes: UnsafeRawBufferPointer) throws(Refusal) -> Bool {
        guard let line = try framingLine(bytes) else { return false }
        guard line.isEmpty else { throw .malformed("A chunk is longer than its size.") }
        go(to: .chunkSize)
        return true
    }

    /// Only the syntax and the number of a trailer's fields are checked.
    private mutating func parseTrailer(_ bytes: UnsafeRawBufferPointer) throws(Refusal) -> Bool {
        guard let line = try framingLine(bytes) else { return false }
        start = position
        if line.isEmpty {
            part = .complete
            return true
        }
        _ = try Self.field(bytes, line)
        trailerLines += 1
        guard lines.count + trailerLines <= limits.maxFields else { throw .tooManyFields }
        return true
    }

    /// A line of the framing around the chunks; in total, the framing may be as long as the chunks.
    private mutating func framingLine(_ bytes: UnsafeRawBufferPointer) throws(Refusal) -> Range<Int>? {
        let before = position
        let line = try line(bytes)
        framingBytes += position - before
        guard framingBytes <= limits.maxBody else { throw .bodyTooLarge }
        return line
    }

    /// The body without its framing; all chunks must have been parsed.
    private func joinedChunks(_ bytes: ByteBuffer) -> ByteBuffer {
        bytes.withUnsafeReadableBytes { bytes in
            var body = ByteBuffer()
            body.writeWithUnsafeMutableBytes(minimumWritableBytes: chunkBytes) { output in
                var (place, written) = (bodyStart, 0)
                while written < chunkBytes, let size = chunkSize(bytes, place..<bytes.count)?.size {
                    while bytes[place] != UInt8(ascii: "\n") { place += 1 }
                    UnsafeMutableRawBufferPointer(rebasing: output[written..<written + size])
                        .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[place + 1..<place + 1 + size]))
                    place += 1 + size + 2
                    written += size
                }
                return written
            }
            return body
        }
    }

    private mutating func go(to part: Part) {
        self.part = part
        start = position
    }
}

/// The bytes of a token (RFC 9110, section 5.6.2).
private let tokenBytes = ByteSet("!#$%&'*+-.^_`|~").union(.alphanumerics)

/// The size at the beginning of a chunk's first line, and where its digits end; nil if it is missing or implausible.
private func chunkSize(_ bytes: UnsafeRawBufferPointer, _ line: Range<Int>) -> (size: Int, end: Int)? {
    var (size, place) = (0, line.lowerBound)
    while place < line.upperBound, let value = hexValue(bytes[place]) {
        size = size << 4 | Int(value)
        place += 1
        guard place - line.lowerBound <= 8 else { return nil }
    }
    return place > line.lowerBound ? (size, place) : nil
}

/// Whether these bytes are chunk extensions, which are ignored: `;name`, `;name=token` or `;name="text"`, any number of them.
///
/// RFC 9112, section 7.1.1, without the white space that it calls bad. Whoever reads a line otherwise than a proxy in front
/// might find another request in it.
private func areExtensions(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> Bool {
    var place = range.lowerBound
    func has(_ byte: Unicode.Scalar) -> Bool { place < range.upperBound && bytes[place] == UInt8(ascii: byte) }
    func skipToken() -> Bool {
        let start = place
        while place < range.upperBound, tokenBytes.contains(bytes[place]) { place += 1 }
        return place > start
    }
    func skipQuoted() -> Bool {
        place += 1
        while place < range.upperBound, !has("\"") {
            if has("\\") { place += 1 }
            guard place < range.upperBound, bytes[place] == 0x09 || bytes[place] >= 0x20 && bytes[place] != 0x7F else {
                return false
            }
            place += 1
        }
        guard place < range.upperBound else { return false }
        place += 1
        return true
    }
    while place < range.upperBound {
        guard has(";") else { return false }
        place += 1
        guard skipToken() else { return false }
        if has("=") {
            place += 1
            guard has("\"") ? skipQuoted() : skipToken() else { return false }
        }
    }
    return true
}
