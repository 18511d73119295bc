import Blocks
import CurlHTTP

/// An object as a block's source, pinned to the version that was opened: if another object replaces it, reading fails.
struct S3Source: BlockSource {
    let client: S3Client
    let file: String
    /// Includes the quotation marks.
    let tag: String
    let size: Int

    /// In bytes: a further request takes about as long as reading this many more bytes.
    private static let nearby = 65_536
    /// The most bytes that one request asks for, so that little is repeated after a failure.
    private static let most = 8_000_000
    private static let requestsAtOnce = 4

    func read(_ ranges: [Range<Int>]) async throws -> [[UInt8]] {
        guard ranges.allSatisfy({ $0.lowerBound >= 0 && $0.upperBound <= size }) else {
            throw BlockDamage("\(file) ends before what is to be read of it")
        }
        let spans = Self.spans(of: ranges, nearby: Self.nearby)
        let parts = spans.flatMap { Self.parts(of: $0, most: Self.most) }
        let end = client.limits.end(moving: parts.reduce(0) { $0 + $1.count })
        var read: [Int: [UInt8]] = [:]
        try await withThrowingTaskGroup(of: (Int, [UInt8]).self) { group in
            var waiting = parts[...]
            for part in waiting.prefix(Self.requestsAtOnce) { group.addTask { try await get(part, until: end) } }
            waiting = waiting.dropFirst(Self.requestsAtOnce)
            while let (start, bytes) = try await group.next() {
                read[start] = bytes
                if let part = waiting.popFirst() { group.addTask { try await get(part, until: end) } }
            }
        }
        // Joins the parts of each span.
        let bytes = spans.map { span in
            Self.parts(of: span, most: Self.most).flatMap { read[$0.lowerBound] ?? [] }
        }
        return ranges.map { range in
            guard !range.isEmpty, let index = spans.firstIndex(where: { $0.contains(range.lowerBound) }) else {
                return []
            }
            let start = range.lowerBound - spans[index].lowerBound
            return Array(bytes[index][start..<start + range.count])
        }
    }

    /// The ranges in order, with nearby ones merged; empty ranges are dropped.
    static func spans(of ranges: [Range<Int>], nearby: Int) -> [Range<Int>] {
        ranges.filter { !$0.isEmpty }.sorted { $0.lowerBound < $1.lowerBound }.reduce(into: []) { spans, range in
            if let last = spans.last, range.lowerBound <= last.upperBound + nearby {
                spans[spans.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                spans.append(range)
            }
        }
    }

    static func parts(of span: Range<Int>, most: Int) -> [Range<Int>] {
        stride(from: span.lowerBound, to: span.upperBound, by: most).map { $0..<min($0 + most, span.upperBound) }
    }

    private func get(_ part: Range<Int>, until end: ContinuousClock.Instant) async throws(StoreError) -> (Int, [UInt8])
    {
        let call = S3Client.Call(
            key: file, headers: [("Range", "bytes=\(part.lowerBound)-\(part.upperBound - 1)"), ("If-Match", tag)],
            answers: [404, 412, 416], most: part.count)
        let response = try await client.send(call, until: end)
        switch response.status {
        case 206: break
        case 404:
            let failure = S3Failure(response, now: client.now())
            guard failure.code == "NoSuchKey" else { throw client.error(failure) }
            throw error(.unavailable, "was removed while it was open")
        case 412, 416: throw error(.unavailable, "was replaced while it was open")
        default:
            throw error(.refused, "came whole in place of a part: the server ignores Range, which an archive needs")
        }
        guard let range = ContentRange(response), range.bytes == part, response.body.count == part.count else {
            throw error(.refused, "came with other bytes than were asked for")
        }
        guard range.size == size else { throw error(.unavailable, "was replaced while it was open") }
        return (part.lowerBound, response.body)
    }

    private func error(_ kind: StoreError.Kind, _ text: String) -> StoreError {
        StoreError(kind, "\(client.location): \(file) \(text)")
    }
}
