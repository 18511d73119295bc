import Basics
import JSON
package import Tape

/// Identifies an entry of a ledger: its id and its tail.
package struct LedgerMark: Hashable, Sendable {
    package let id: StreamID
    /// Distinguishes the entry from one of another ledger, or another server, with the same id.
    package let tail: OrderTail

    package init(id: StreamID, tail: OrderTail) {
        self.id = id
        self.tail = tail
    }
}

/// An acknowledged entry with the ledger's running total: what is known to have been sold.
package struct LedgerClaim: Hashable, Sendable {
    package let mark: LedgerMark
    /// The running total after the entry, including its own order.
    package let total: Satoshi

    package init(mark: LedgerMark, total: Satoshi) {
        self.mark = mark
        self.total = total
    }

    package init(_ entry: LedgerEntry) {
        self.init(mark: LedgerMark(id: entry.id, tail: entry.tail), total: entry.total)
    }
}

/// A claim in the form that is stored outside the ledger, with the ledger that it belongs to.
///
/// The text is one line of JSON: `{"kind":"real","opened":"<id>","entry":"<id>","tail":"<11 digits>","total":"<satoshi>"}`.
package struct WitnessRecord: Equatable, Sendable {
    package let kind: DataKind
    /// The ledger's opening entry.
    package let opened: StreamID
    package let claim: LedgerClaim

    package init(_ opening: LedgerOpening, _ claim: LedgerClaim) {
        self.init(kind: opening.kind, opened: opening.id, claim)
    }

    package init(kind: DataKind, opened: StreamID, _ claim: LedgerClaim) {
        self.kind = kind
        self.opened = opened
        self.claim = claim
    }

    /// Parses what `text` writes, ignoring surrounding white space; nil for anything else.
    package init?(_ text: [UInt8]) {
        guard let texts = JSONMembers.texts(of: text), let kind = texts["kind"].flatMap(DataKind.init(rawValue:)),
            let opened = texts["opened"].flatMap(StreamID.init),
            let entry = texts["entry"].flatMap(StreamID.init), let tail = texts["tail"].flatMap({ OrderTail($0) }),
            let total = texts["total"].flatMap({ Satoshi(digits: $0.utf8) })
        else { return nil }
        self.init(kind: kind, opened: opened, LedgerClaim(mark: LedgerMark(id: entry, tail: tail), total: total))
    }

    /// One line of JSON, without a newline.
    package var text: String { String(decoding: bytes, as: UTF8.self) }

    /// The bytes of `text`, built without intermediate strings because each acknowledged order writes them.
    var bytes: [UInt8] {
        JSONWriter.object(capacity: 256) { writer in
            writer.member("kind", kind.rawValue)
            writer.name("opened")
            writer.string { $0.append(opened) }
            writer.name("entry")
            writer.string { $0.append(claim.mark.id) }
            writer.name("tail")
            writer.string { bytes in
                for place in stride(from: UInt64(40), through: 0, by: -4) {
                    bytes.append(hexDigit(UInt8(truncatingIfNeeded: claim.mark.tail.bits >> place) & 0xF))
                }
            }
            writer.name("total")
            writer.string { bytes in
                if let total = UInt64(exactly: claim.total.value) {
                    bytes.append(decimal: total)
                } else {
                    bytes += claim.total.digits.utf8
                }
            }
        }
    }
}

extension [UInt8] {
    fileprivate mutating func append(_ id: StreamID) {
        append(decimal: id.milliseconds)
        append(UInt8(ascii: "-"))
        append(decimal: id.sequence)
    }

    fileprivate mutating func append(decimal number: UInt64) {
        let start = count
        var rest = number
        repeat {
            append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        } while rest > 0
        self[start...].reverse()
    }
}
