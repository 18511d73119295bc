import Basics
import NIOCore

/// Finds out, byte by byte as they come, where a request ends; refuses what is none, or too large.
///
/// It only looks: the bytes of a whole request go on to the HTTP decoder as they came.
struct RequestScanner {
    enum Finding: Equatable {
        case incomplete
        /// So many bytes are one whole request.
        case whole(Int)
    }

    private enum Part: Equatable {
        case method, target, version, fields
        case body(left: Int)
        case chunkSize, chunkEnd, trailer
        case chunk(left: Int)
        case whole
    }

    private let limits: HTTPLimits
    private(set) var head = RequestHead()
    private var part = Part.method
    /// What of the bytes was looked at.
    private var position = 0
    /// Where the current line or word begins.
    private var start = 0
    /// Of a chunked body: the bytes of chunks, and those around them.
    private var chunkBytes = 0
    private var framingBytes = 0
    /// The line that says that the body is chunked, and where the body begins.
    private var coding: Range<Int>?
    private var bodyStart = 0

    private static let longestMethod = 32

    init(_ limits: HTTPLimits) {
        self.limits = limits
    }

    /// Whether the head is whole.
    var isInBody: Bool {
        switch part {
        case .method, .target, .version, .fields: false
        default: true
        }
    }

    /// Takes all bytes of the request so far, each time from its first on.
    mutating func scan(_ bytes: UnsafeRawBufferPointer) throws(Refusal) -> Finding {
        while true {
            let isDone =
                switch part {
                case .method: try scanMethod(bytes)
                case .target: try scanTarget(bytes)
                case .version: try scanVersion(bytes)
                case .fields: try scanField(bytes)
                case .body(let left): scanBody(bytes, left)
                case .chunkSize: try scanChunkSize(bytes)
                case .chunk(let left): scanChunk(bytes, left)
                case .chunkEnd: try scanChunkEnd(bytes)
                case .trailer: try scanTrailer(bytes)
                case .whole: false
                }
            if part == .whole { return .whole(position) }
            guard isDone else { return .incomplete }
        }
    }

    // MARK: The request line. Each returns whether its part is done.

    private mutating func scanMethod(_ bytes: UnsafeRawBufferPointer) throws(Refusal) -> Bool {
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte == UInt8(ascii: " "), position - start > 1 {
                head.take(method: bytes[start..<position - 1])
                go(to: .target)
                return true
            }
            guard tokenBytes.contains(byte), position - start <= Self.longestMethod else {
                throw .malformed("The request line does not begin with a method.")
            }
        }
        return false
    }

    private mutating func scanTarget(_ bytes: UnsafeRawBufferPointer) throws(Refusal) -> Bool {
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte == UInt8(ascii: " ") {
                try head.check(target: bytes[start..<position - 1])
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

    private mutating func scanVersion(_ bytes: UnsafeRawBufferPointer) throws(Refusal) -> Bool {
        guard let line = try line(bytes, atMost: "HTTP/1.1\r\n".utf8.count) else { return false }
        try head.take(version: bytes[line])
        go(to: .fields)
        return true
    }

    // MARK: Lines

    private mutating func scanField(_ bytes: UnsafeRawBufferPointer) throws(Refusal) -> Bool {
        let line = try line(bytes, atMost: .max)
        guard position <= limits.maxHead else { throw .headTooLarge }
        guard let line else { return false }
        start = position
        guard line.isEmpty else {
            let wasChunked = head.isChunked
            try head.take(field: bytes[line], inTrailer: false, most: limits.maxFields)
            if head.isChunked, !wasChunked { coding = line.lowerBound..<position }
            return true
        }
        bodyStart = position
        switch try head.finish(maxBody: limits.maxBody) {
        case .length(let length): go(to: length == 0 ? .whole : .body(left: length))
        case .chunked: go(to: .chunkSize)
        }
        return true
    }

    /// The next line without its CRLF; nil as long as it is not whole.
    private mutating func line(_ bytes: UnsafeRawBufferPointer, atMost most: Int) throws(Refusal) -> Range<Int>? {
        while position < bytes.count {
            let byte = bytes[position]
            let followsReturn = position > start && bytes[position - 1] == 0x0D
            position += 1
            guard followsReturn == (byte == 0x0A) else { throw .malformed("A line does not end with CR and LF.") }
            if byte == 0x0A { return start..<position - 2 }
            guard byte >= 0x20 && byte != 0x7F || byte == 0x0D || byte == 0x09 else {
                throw .malformed("The request's head holds a control character.")
            }
            guard position - start <= most else { throw .malformed("A line is longer than it can be.") }
        }
        return nil
    }

    // MARK: The body

    /// A whole request as those behind take it: a chunked body in one piece, with its length and without a trailer.
    ///
    /// A client may send each byte as a chunk; for each of them a decoder and what is behind it would have their work.
    func plain(_ request: ByteBuffer) -> ByteBuffer {
        guard let coding else { return request }
        return request.withUnsafeReadableBytes { bytes in
            var plain = ByteBuffer()
            plain.reserveCapacity(bodyStart + chunkBytes + 40)
            plain.writeBytes(bytes[..<coding.lowerBound])
            plain.writeBytes(bytes[coding.upperBound..<bodyStart - 2])
            plain.writeString("Content-Length: \(chunkBytes)\r\n\r\n")
            var place = bodyStart
            // All of it was scanned, so each of these is there.
            while let size = chunkSize(of: bytes[place...]), size > 0 {
                while bytes[place] != 0x0A { place += 1 }
                plain.writeBytes(UnsafeRawBufferPointer(rebasing: bytes[place + 1..<place + 1 + size]))
                place += 1 + size + 2
            }
            return plain
        }
    }

    private mutating func scanBody(_ bytes: UnsafeRawBufferPointer, _ left: Int) -> Bool {
        let here = min(left, bytes.count - position)
        position += here
        part = here == left ? .whole : .body(left: left - here)
        return false
    }

    private mutating func scanChunkSize(_ bytes: UnsafeRawBufferPointer) throws(Refusal) -> Bool {
        guard let line = try framingLine(bytes) else { return false }
        guard let size = chunkSize(of: bytes[line]) else { throw .malformed("A chunk does not begin with its size.") }
        chunkBytes += size
        guard chunkBytes <= limits.maxBody else { throw .bodyTooLarge }
        go(to: size == 0 ? .trailer : .chunk(left: size))
        return true
    }

    private mutating func scanChunk(_ bytes: UnsafeRawBufferPointer, _ left: Int) -> Bool {
        let here = min(left, bytes.count - position)
        position += here
        guard here == left else {
            part = .chunk(left: left - here)
            return false
        }
        go(to: .chunkEnd)
        return true
    }

    private mutating func scanChunkEnd(_ bytes: UnsafeRawBufferPointer) throws(Refusal) -> Bool {
        guard let line = try framingLine(bytes) else { return false }
        guard line.isEmpty else { throw .malformed("A chunk is longer than its size.") }
        go(to: .chunkSize)
        return true
    }

    private mutating func scanTrailer(_ bytes: UnsafeRawBufferPointer) throws(Refusal) -> Bool {
        guard let line = try framingLine(bytes) else { return false }
        start = position
        if line.isEmpty {
            part = .whole
        } else {
            try head.take(field: bytes[line], inTrailer: true, most: limits.maxFields)
        }
        return true
    }

    /// A line of what is around the chunks: in all it may be as long as the chunks.
    private mutating func framingLine(_ bytes: UnsafeRawBufferPointer) throws(Refusal) -> Range<Int>? {
        let before = position
        let line = try line(bytes, atMost: .max)
        framingBytes += position - before
        guard framingBytes <= limits.maxBody else { throw .bodyTooLarge }
        return line
    }

    private mutating func go(to part: Part) {
        self.part = part
        start = position
    }
}

/// The size at the beginning of a chunk's first line; nil where there is none, or none that is plausible.
///
/// Extensions, behind a semicolon, mean nothing here (section 7.1.1).
private func chunkSize(of line: Slice<UnsafeRawBufferPointer>) -> Int? {
    var (size, digits) = (0, 0)
    for byte in line {
        guard let value = hexValue(byte) else {
            let isEnd = byte == UInt8(ascii: ";") || byte == UInt8(ascii: " ") || byte == 0x0D
            return isEnd && digits > 0 ? size : nil
        }
        digits += 1
        guard digits <= 8 else { return nil }
        size = size << 4 | Int(value)
    }
    return digits > 0 ? size : nil
}
