import Basics
import NIOCore

/// The first rows of a list in a format and a coding, as an answer holds them.
struct ListRepresentation {
    let list: ServedList
    let rows: Int
    let format: ListFormat
    let coding: ContentCoding
    private let open: ByteBuffer

    init(_ list: ServedList, _ query: ListQuery, _ accepted: AcceptEncoding) {
        self.list = list
        rows = min(query.limit, list.count)
        format = query.format
        open = list.open(format, first: rows)
        coding = accepted.coding(forSize: open.readableBytes)
    }

    /// Bytes before they are compressed.
    var size: Int { open.readableBytes }

    /// The same on every replica: all of it comes from what is served.
    var tag: String {
        let coding = coding == .identity ? "" : "-\(coding.rawValue)"
        return "\"\(list.digest)-\(rows)-\(format.rawValue.lowercased())\(coding)\""
    }

    /// All of the body; as a rule nothing of it is copied.
    func body(_ compressed: CompressedBodies) -> [ByteBuffer] {
        switch coding {
        case .identity: format == .json ? [open, Self.closing] : [open]
        case .gzip: [compressed.body(tag) { plain }]
        }
    }

    private var plain: ByteBuffer {
        guard format == .json else { return open }
        var body = ByteBuffer()
        body.reserveCapacity(open.readableBytes + 2)
        body.writeImmutableBuffer(open)
        body.writeStaticString("]\n")
        return body
    }

    private static let closing = ByteBuffer(staticString: "]\n")
}
