import Archive
import Basics
import Blocks
import Digests
import HTTPServer
import HTTPTypes
import NIOCore

/// `GET /history/<block>`: a block's bytes, or a range of them (RFC 9110, section 14).
struct BlockDownload {
    private let found: ArchiveReader.Found
    private let digest: String
    private let tag: String
    private let fields: [(HTTPField.Name, String)]

    /// How much is read and sent at once, in bytes.
    private static let piece = 262_144

    /// `digest` is the block's SHA-256, in hexadecimal; `fields` are added to each response.
    init(_ found: ArchiveReader.Found, digest: String, fields: [(HTTPField.Name, String)] = []) {
        (self.found, self.digest, tag, self.fields) = (found, digest, "\"\(digest)\"", fields)
    }

    /// The part that the field Range requests.
    enum Wanted: Equatable {
        case all
        case part(Range<Int>)
        /// The range is outside the body.
        case nothing
    }

    func response(to request: Request, cacheControl: String, now: Timestamp) throws(Problem) -> Response {
        let fields =
            [(HTTPField.Name.eTag, tag), (.cacheControl, cacheControl), (.acceptRanges, "bytes")] + self.fields
        switch RequestConditions(request).verdict(tag: tag, modified: nil, now: now) {
        case .respond: break
        case .notModified: return Response(304, .none, fields)
        case .failed: throw .preconditionFailed
        }
        // Ranges only exist for GET, and `If-Range` must match, because a range of an older version is useless (section 14.2).
        let mayBePart = request.method == .get && request[.ifRange].map { $0 == tag } ?? true
        let type = (HTTPField.Name.contentType, "application/octet-stream")
        switch mayBePart ? Self.wanted(request[.range], size: found.block.size) : .all {
        case .all: return Response(200, .stream(body(0..<found.block.size)), fields + [type])
        case .part(let range):
            let place = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(found.block.size)"
            return Response(206, .stream(body(range)), fields + [type, (.contentRange, place)])
        case .nothing:
            var problem = Problem(
                code: "range-not-satisfiable", status: 416, title: "There is nothing in this range",
                detail: "The block has \(found.block.size) bytes.")
            problem.headers = [(.contentRange, "bytes */\(found.block.size)")]
            throw problem
        }
    }

    /// If the digest of a whole block does not match, the body ends before its last piece, so that the client notices.
    private func body(_ range: Range<Int>) -> BodyStream {
        BodyStream(length: range.count) { [found, digest] writer in
            let hash = range == 0..<found.block.size ? Digest.RunningSHA256() : nil
            var start = range.lowerBound
            while start < range.upperBound {
                let end = min(range.upperBound, start + Self.piece)
                let piece = try await found.block.bytes(start..<end)
                hash?.update(piece)
                if end == range.upperBound, let hash, hash.finish() != digest {
                    throw BlockDamage("it is not what was written: its SHA-256 differs")
                }
                try await writer.write(ByteBuffer(bytes: piece))
                start = end
            }
        }
    }

    /// Parses one range of bytes; several ranges, other units, and malformed ones are ignored, as section 14.2 allows.
    static func wanted(_ field: String?, size: Int) -> Wanted {
        guard let field, field.lowercased().hasPrefix("bytes=") else { return .all }
        let parts = field.dropFirst(6).split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.utf8.allSatisfy(isDigit) }) else { return .all }
        // A number that overflows is beyond any end.
        let numbers = parts.map { $0.isEmpty ? nil : Int($0) ?? Int.max }
        switch (numbers[0], numbers[1]) {
        case (nil, nil): return .all
        case (nil, let last?): return last == 0 || size == 0 ? .nothing : .part(max(0, size - last)..<size)
        case (let first?, let last):
            if let last, last < first { return .all }
            guard first < size else { return .nothing }
            return .part(first..<min(last ?? size - 1, size - 1) + 1)
        }
    }
}
