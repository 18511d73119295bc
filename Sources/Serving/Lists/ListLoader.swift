import Basics
import Foundation
import Redis
import Tape
import TopLists

/// Fetches the list that an entry of the index stands for, and renders it.
struct ListLoader: Sendable {
    let stream: String
    /// The titles of the columns to serve.
    let columns: [String]
    let keys: TapeKeys
    let redis: RedisClient

    struct Malformed: Error, CustomStringConvertible {
        let description: String
    }

    /// nil when the list has expired.
    func list(for entry: TapeEntry) async throws -> ServedList? {
        guard let json = entry.fields["columns"],
            let stored = try? JSONDecoder().decode([ListColumn].self, from: Data(json))
        else { throw Malformed(description: "the entry \(entry.id) of \(stream) has no readable field `columns`") }
        let key = keys.list(stream, entry.minute)
        guard let csv = try await redis.send(RedisCommand("GET", key)).bytes else { return nil }
        do {
            return ServedList(
                try RenderedList(minute: entry.minute, stored: csv, columns: stored, wanted: columns))
        } catch {
            throw Malformed(description: "\(key) is not the list that \(entry.id) of \(stream) describes: \(error)")
        }
    }
}
