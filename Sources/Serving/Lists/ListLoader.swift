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
        let stored = try await redis.send(RedisCommand("GET", key(entry.minute))).bytes
        return try stored.map { try list($0, of: entry) }
    }

    func key(_ minute: Minute) -> String { keys.list(stream, minute) }

    /// Renders what the list's key holds.
    func list(_ csv: [UInt8], of entry: TapeEntry) throws -> ServedList {
        guard let json = entry.fields["columns"],
            let stored = try? JSONDecoder().decode([ListColumn].self, from: Data(json))
        else { throw Malformed(description: "the entry \(entry.id) of \(stream) has no readable field `columns`") }
        do {
            return ServedList(
                try RenderedList(minute: entry.minute, stored: csv, columns: stored, wanted: columns))
        } catch {
            throw Malformed(
                description: "\(key(entry.minute)) is not the list that \(entry.id) of \(stream) describes: \(error)")
        }
    }
}
