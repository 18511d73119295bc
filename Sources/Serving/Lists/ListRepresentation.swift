import Basics
import NIOCore
import TopLists

/// The first rows of a list in a format and a coding, as an answer holds them.
struct ListRepresentation {
    let list: RenderedList
    let rows: Int
    let format: ListFormat
    let coding: ContentCoding

    init(_ list: RenderedList, _ query: ListQuery, _ accepted: AcceptEncoding) {
        self.list = list
        rows = min(query.limit, list.count)
        format = query.format
        coding = accepted.coding(forSize: Self.plainBytes(list, rows, query.format).count)
    }

    /// The same on every replica: all of it comes from what is served.
    var tag: String {
        let coding = coding == .identity ? "" : "-\(coding.rawValue)"
        return "\"\(list.digest)-\(rows)-\(format.rawValue.lowercased())\(coding)\""
    }

    func body(_ compressed: CompressedBodies) -> ByteBuffer {
        switch coding {
        case .identity: plain
        case .gzip: compressed.body(tag) { plain }
        }
    }

    private var plain: ByteBuffer {
        let bytes = Self.plainBytes(list, rows, format)
        var body = ByteBuffer()
        body.reserveCapacity(bytes.count + 2)
        body.writeBytes(bytes)
        if format == .json { body.writeStaticString("]\n") }
        return body
    }

    /// Without the closing bracket of JSON.
    private static func plainBytes(_ list: RenderedList, _ rows: Int, _ format: ListFormat) -> ArraySlice<UInt8> {
        switch format {
        case .csv: list.csv(first: rows)
        case .json: list.openJSON(first: rows)
        }
    }
}
