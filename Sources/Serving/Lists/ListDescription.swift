import Basics
import Blocks
import Digests
import JSON
import Tape
import TopLists

/// What the index says of a minute's list, and what follows from that: made once, and shared by all that is kept of it.
final class ListDescription: Sendable {
    let minute: Minute
    /// Where the list is stored.
    let key: String
    /// All its rows, however few of them are asked for.
    let count: Int
    let shape: ListShape
    /// How its entity tags begin: half of a SHA-256 of all that makes the list's renderings, in hexadecimal.
    ///
    /// It is the same on every replica, and known before anything is rendered.
    let tagBeginning: String
    /// As answers have it: they are written far more often than there are lists.
    let lastModified: String
    /// How many digits its decimals have at most, if they were rounded.
    let digits: Int?

    /// No list has more rows, and products of counts are far from overflow.
    private static let counts = 0...1_000_000_000

    struct Malformed: Error, CustomStringConvertible {
        let description: String
    }

    init(_ entry: TapeEntry, _ shapes: ListShapes, key: String) throws(Malformed) {
        func field(_ name: String) throws(Malformed) -> [UInt8] {
            guard let value = entry.fields[name] else {
                throw Malformed(description: "the entry \(entry.id) has no field `\(name)`")
            }
            return value
        }
        let (columns, sum) = (try field("columns"), try field("sha256"))
        guard let shape = try? shapes.shape(columns) else {
            throw Malformed(description: "the field `columns` of the entry \(entry.id) cannot be read")
        }
        guard let count = Int(String(decoding: try field("count"), as: UTF8.self)), Self.counts.contains(count) else {
            throw Malformed(description: "the field `count` of the entry \(entry.id) is no number of rows")
        }
        minute = entry.minute
        self.key = key
        lastModified = entry.minute.start.httpDate
        self.shape = shape
        self.count = count
        digits = entry.text(SignificantDigits.field).flatMap { Int($0) }
        let shown = Array("\(shapes.wanted.map(JSONString.quoted))".utf8)
        let rendering = Array("\(StoredList.rendering) \(entry.minute)\n".utf8)
        tagBeginning = "\"\(Digest.sha256(rendering, sum, columns, shown).prefix(32))-"
    }
}
