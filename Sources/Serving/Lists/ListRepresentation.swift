import Basics
import NIOCore
import TopLists

/// The first rows of a list in a coding, as an answer holds them.
struct ListRepresentation {
    let rows: ServedRows
    let coding: ContentCoding
    /// The same on every replica: all of it comes from what is served.
    let tag: String

    init(_ rows: ServedRows, _ accepted: AcceptEncoding) {
        self.rows = rows
        coding = accepted.coding(forSize: rows.open.readableBytes)
        tag = Self.tag(rows, coding)
    }

    /// Bytes before they are compressed.
    var size: Int { rows.open.readableBytes }

    private static func tag(_ rows: ServedRows, _ coding: ContentCoding) -> String {
        var tag = rows.list.tagBeginning
        tag.reserveCapacity(64)
        tag += String(rows.count)
        switch (rows.format, coding) {
        case (.csv, .identity): tag += "-csv\""
        case (.json, .identity): tag += "-json\""
        case (.csv, .gzip): tag += "-csv-gzip\""
        case (.json, .gzip): tag += "-json-gzip\""
        }
        return tag
    }

    /// All of the body; as a rule nothing of it is copied.
    func body(_ compressed: CompressedBodies) -> [ByteBuffer] {
        switch coding {
        case .identity: rows.format == .json ? [rows.open, Self.closing] : [rows.open]
        case .gzip:
            [
                compressed.body(
                    tag, beginning: "\(rows.list.tagBeginning)\(rows.format)", shared: rows.open.readableBytes
                ) { plain }
            ]
        }
    }

    private var plain: ByteBuffer {
        guard rows.format == .json else { return rows.open }
        var body = ByteBuffer()
        body.reserveCapacity(rows.open.readableBytes + 2)
        body.writeImmutableBuffer(rows.open)
        body.writeStaticString("]\n")
        return body
    }

    private static let closing = ByteBuffer(staticString: "]\n")
}
