package import Basics
package import Redis

/// An entry before it is published: rows or a list with its account, or a gap.
package struct EntryDraft: Sendable {
    /// Field and value, in the order in which redis-cli will show them; `source` comes before all of them.
    package let fields: [(name: String, value: any RedisArgument)]
    package let gap: Gap?

    /// A fetched minute.
    ///
    /// `json` is the rows as one JSON array.
    package static func rows(_ json: [UInt8], count: Int, minute: Minute, fetchedAt: Timestamp, mark: String?)
        -> EntryDraft
    {
        var fields: [(name: String, value: any RedisArgument)] = [
            ("minute", minute.description), ("fetched_at", fetchedAt.rfc3339), ("count", count),
            ("sha256", Digest.sha256(json)),
        ]
        if let mark { fields.append(("mark", mark)) }
        return EntryDraft(fields: fields + [("rows", json)], gap: nil)
    }

    package static func gap(_ gap: Gap, minute: Minute) -> EntryDraft {
        EntryDraft(fields: [("minute", minute.description), ("gap", gap.code), ("detail", gap.detail)], gap: gap)
    }

    /// Any other entry; the fields must not include `source`.
    package static func other(_ fields: [(name: String, value: any RedisArgument)]) -> EntryDraft {
        EntryDraft(fields: fields, gap: nil)
    }
}
