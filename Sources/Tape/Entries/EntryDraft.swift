package import Basics
import Digests
package import Redis

/// An entry before it is published: rows, a list with its account, or a gap.
package struct EntryDraft: Sendable {
    /// Fields and values in the order in which redis-cli shows them; `source` comes before all of them.
    package let fields: [(name: String, value: any RedisArgument)]
    /// The gap, if the draft was made by `gap(_:minute:)`; otherwise nil.
    package let gap: Gap?

    /// A fetched minute.
    ///
    /// `json` has the rows as one JSON array, and `sha256` is its digest if already known; `marks` names what is unusual about
    /// it, and `next` is when the feed is due again, if the period is not fixed.
    package static func rows(
        _ json: [UInt8], count: Int, sha256: String? = nil, minute: Minute, fetchedAt: Timestamp,
        asOf: Timestamp? = nil,
        marks: [String] = [], next: Minute? = nil
    ) -> EntryDraft {
        var fields: [(name: String, value: any RedisArgument)] = [
            ("minute", minute.description), ("fetched_at", fetchedAt.rfc3339), ("count", count),
            ("sha256", sha256 ?? Digest.sha256(json)),
        ]
        if let asOf { fields.append(("as_of", asOf.rfc3339)) }
        if !marks.isEmpty { fields.append(("mark", marks.joined(separator: " "))) }
        if let next { fields.append(("next", next.description)) }
        return EntryDraft(fields: fields + [("rows", json)], gap: nil)
    }

    /// An entry without rows: the fields `minute`, `gap` and `detail`, and perhaps `next`, as for `rows`.
    package static func gap(_ gap: Gap, minute: Minute, next: Minute? = nil) -> EntryDraft {
        let fields: [(name: String, value: any RedisArgument)] = [
            ("minute", minute.description), ("gap", gap.code), ("detail", gap.detail),
        ]
        return EntryDraft(fields: fields + (next.map { [("next", $0.description)] } ?? []), gap: gap)
    }

    /// Any other entry; the fields must not include `source`.
    package static func other(_ fields: [(name: String, value: any RedisArgument)]) -> EntryDraft {
        EntryDraft(fields: fields, gap: nil)
    }
}
