import Basics
import HTTPServer
import NIOCore
import Tape
import TopLists

/// Makes the representation of a list's rows: its entity tag, its caching headers, and its body.
struct ListRepresentations: Sendable {
    let clock: TapeClock
    /// Whether caches may keep past lists forever; not those of a sandbox, because real ones may follow under the same URLs.
    private let allowsImmutable: Bool
    /// The value of Cache-Control for immutable lists.
    private let immutable: String
    private let compressed = CompressedBodies(capacity: 16_000_000)

    /// After a failover Redis may lack its last writes, and a lost list is then made again with other rows, so younger lists are
    /// not marked immutable.
    private static let settling: Duration = .seconds(300)

    /// In bytes; compressing more would block an event loop for tenths of a millisecond, repeatedly if each request asks for
    /// another number of rows.
    private static let longestAtOnce = 8_000

    init(clock: TapeClock, allowsImmutable: Bool) {
        self.clock = clock
        self.allowsImmutable = allowsImmutable
        immutable = Freshness.immutable(clock).cacheControl
    }

    /// Whether the body takes long to make, because it is large and not compressed yet.
    func takesLong(_ rows: ServedRows, _ coding: ContentCoding) -> Bool {
        coding == .gzip && rows.open.readableBytes > Self.longestAtOnce && !compressed.has(rows.tag(coding))
    }

    func representation(
        of rows: ServedRows, _ coding: ContentCoding, _ query: ListQuery, now: Timestamp
    ) -> Representation {
        let minute = rows.list.minute
        // What a client wants to be young must not be old in a cache.
        let isImmutable =
            allowsImmutable && query.maxAge == nil && query.datetime == .absolute(minute)
            && now - minute.start > Self.settling
        let freshness =
            isImmutable
            ? nil
            : Freshness.passing(
                minute, now: now, clock: clock, atMost: query.maxAge)
        let tag = rows.tag(coding)
        var representation = Representation(
            mediaType: rows.format.mediaType, tag: tag, coding: coding,
            cacheControl: (freshness?.cacheControl ?? immutable)
                // No cache may serve it for longer, not even if the api does not answer (RFC 9111, section 4.2.4).
                + (query.maxAge == nil ? "" : ", must-revalidate"), vary: "Accept, Accept-Encoding",
            modified: (minute.start, rows.list.lastModified)
        ) { [compressed] in
            coding == .gzip ? [compressed.body(of: rows, tag)] : rows.pieces
        }
        representation.significantDigits = rows.list.digits
        if case .passing(let age, _, let remaining)? = freshness {
            representation.age = age
            representation.remaining = remaining
            if query.datetime != nil { representation.contentLocation = query.location(of: minute) }
        }
        return representation
    }
}

extension CompressedBodies {
    fileprivate func body(of rows: ServedRows, _ tag: String) -> ByteBuffer {
        body(tag, beginning: "\(rows.list.tagBeginning)\(rows.format)", shared: rows.open.readableBytes) {
            let pieces = rows.pieces
            guard pieces.count > 1 else { return rows.open }
            var body = ByteBuffer()
            body.reserveCapacity(pieces.reduce(0) { $0 + $1.readableBytes })
            for piece in pieces { body.writeImmutableBuffer(piece) }
            return body
        }
    }
}

extension ServedRows {
    /// The entity tag for a coding; it is the same on every replica, because it depends only on what is served.
    func tag(_ coding: ContentCoding) -> String {
        var tag = list.tagBeginning
        tag.reserveCapacity(64)
        tag += String(count)
        tag += "-"
        tag += format.lowercasedName
        tag += coding == .gzip ? "-gzip\"" : "\""
        return tag
    }

    /// The whole body, without a copy.
    var pieces: [ByteBuffer] {
        let closing = Self.closings[format.rawValue]
        return closing.readableBytes > 0 ? [open, closing] : [open]
    }

    private static let closings = ListFormat.allCases.map { ByteBuffer(staticString: $0.closing) }
}
