import Basics
import NIOCore
import TopLists

/// A rendered list in the buffers that answers hold: made once, and shared by all event loops, as it never changes.
struct ServedList: Sendable {
    let minute: Minute
    let count: Int
    let digest: String
    private let csv: ByteBuffer
    private let json: ByteBuffer
    private let csvEnds: [Int]
    private let jsonEnds: [Int]

    init(_ list: RenderedList) {
        minute = list.minute
        count = list.count
        digest = list.digest
        csv = ByteBuffer(bytes: list.csv)
        json = ByteBuffer(bytes: list.json)
        csvEnds = list.csvEnds
        jsonEnds = list.jsonEnds
    }

    /// The first rows, or all when there are fewer, without a copy; of an array but for its closing bracket.
    func open(_ format: ListFormat, first limit: Int) -> ByteBuffer {
        let row = min(limit, count)
        switch format {
        case .csv: return csv.getSlice(at: 0, length: csvEnds[row]) ?? csv
        case .json: return json.getSlice(at: 0, length: jsonEnds[row]) ?? json
        }
    }
}
