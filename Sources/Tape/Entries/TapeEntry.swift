package import Basics
package import Redis

/// A published entry as read from Redis.
package struct TapeEntry: Sendable {
    package let id: StreamID
    /// Values by name, byte for byte; if a name is repeated, the last value counts.
    package let fields: [String: [UInt8]]

    package init(id: StreamID, fields: [String: [UInt8]]) {
        self.id = id
        self.fields = fields
    }

    /// Parses an element of an XRANGE reply: the id and a flat list of fields and values; nil for anything else.
    package init?(_ reply: RedisReply) {
        guard let parts = reply.array, parts.count == 2, let id = parts[0].text.flatMap(StreamID.init),
            let flat = parts[1].array, flat.count.isMultiple(of: 2)
        else { return nil }
        var fields: [String: [UInt8]] = [:]
        for index in stride(from: 0, to: flat.count, by: 2) {
            guard let name = flat[index].text, let value = flat[index + 1].bytes else { return nil }
            fields[name] = value
        }
        self.init(id: id, fields: fields)
    }

    /// Derived from the id, not from the field `minute`.
    package var minute: Minute { id.minute }

    /// When its feed is due again; nil if the feed has a fixed period.
    package var next: Minute? { text("next").flatMap { Minute($0) } }

    /// nil if there is no field `gap`; unknown codes are kept.
    package var gap: Gap? {
        text("gap").map { Gap(code: $0, detail: text("detail") ?? "") }
    }

    /// The rows as published: a JSON array.
    package var rows: [UInt8]? { fields["rows"] }

    /// nil if there is no such field; invalid UTF-8 is repaired.
    package func text(_ name: String) -> String? {
        fields[name].map { String(decoding: $0, as: UTF8.self) }
    }
}
