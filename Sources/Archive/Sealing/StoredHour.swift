import Basics
import Blocks
import Digests
import Logging
import Logs
import Redis
import Tape

/// Reads the lists of an hour from Redis.
struct StoredHour: Sendable {
    /// The name of the stream of lists, without the prefix of keys.
    let stream: String
    let keys: TapeKeys
    let reader: StreamReader
    let redis: RedisClient
    let logger: Logger

    /// Fields that are not archived: they follow from the rest of the block, or are long and only useful on the same day.
    private static let derived: Set<String> = ["minute", "count", "sha256", "key", "columns", "samples"]

    /// Returns what Redis has now for each minute of the hour.
    ///
    /// A list that is gone is `missing`; a list that does not match its entry becomes the gap `unreadable`. Minutes in `known`,
    /// keyed by their offset in the hour, are not read again.
    func minutes(of hour: Minute, knowing known: [Int: BlockMinute] = [:]) async throws -> [BlockMinute] {
        let last = hour.advanced(byMinutes: 59)
        let entries = try await reader.newest(600, from: StreamID(hour), to: StreamID(last))
        let byID = Dictionary(entries.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        var minutes: [BlockMinute] = []
        for offset in 0..<60 {
            let minute = hour.advanced(byMinutes: offset)
            if let known = known[offset] {
                minutes.append(known)
                continue
            }
            guard let entry = byID[StreamID(minute)] else {
                minutes.append(.missing)
                continue
            }
            minutes.append(try await content(of: entry))
        }
        return minutes
    }

    private func content(of entry: TapeEntry) async throws -> BlockMinute {
        if let gap = entry.gap { return .gap(code: gap.code, detail: gap.detail) }
        let key = keys.list(stream, entry.minute)
        let csv: [UInt8]
        do throws(RedisError) {
            guard let bytes = try await redis.send(RedisCommand("GET", key)).bytes else {
                log(entry, "lost: \(key) is gone")
                return .missing
            }
            csv = bytes
        } catch {
            // A key of another type will never become a list again.
            guard error.code == .server("WRONGTYPE") else { throw error }
            csv = []
        }
        guard let columns = entry.fields["columns"], let count = entry.text("count").flatMap({ Int($0) }), count >= 0,
            entry.text("sha256") == Digest.sha256(csv)
        else {
            log(entry, "unreadable: \(key) is not the list that its entry tells of")
            return .gap(code: "unreadable", detail: "the stored list was not the one that its entry told of")
        }
        let fields = entry.fields.filter { !Self.derived.contains($0.key) }.sorted { $0.key < $1.key }
        return .list(
            BlockList(
                csv: csv, columns: columns, count: count,
                fields: fields.map { BlockList.Field(name: $0.key, value: $0.value) }))
    }

    private func log(_ entry: TapeEntry, _ outcome: String) {
        logger.warning(
            .archiveListMissing,
            metadata: [
                LogKey.stream: "\(stream)", LogKey.minute: "\(entry.minute)", LogKey.outcome: "\(outcome)",
            ])
    }
}
