import Basics
import Blocks
import Digests
import JSON
import Tape
import TopLists

/// What the index says about a minute's list, and what follows from that; made once and shared.
final class ListDescription: Sendable {
    let minute: Minute
    /// The key of the stored list.
    let key: String
    /// The number of all its rows, however few are requested.
    let count: Int
    let shape: ListShape
    /// The start of its entity tags: half of a SHA-256 of everything that determines the list's renderings, in hexadecimal.
    ///
    /// It is the same on every replica, and known before anything is rendered.
    let tagBeginning: String
    /// The header's value, prepared because it is written for every response.
    let lastModified: String
    /// How many digits its decimals have at most; nil if they were not rounded.
    let digits: Int?

    /// Larger counts are rejected, which keeps products of counts far from overflow.
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
