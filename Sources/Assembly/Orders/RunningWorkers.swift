import Basics
import JSON
import Orders
import Redis
import Tape
import Workers

/// The live workers of orders, from their heartbeats, for commands that write entries which older builds cannot read.
///
/// Only looks in the Redis of the config's own worker; apis that send heartbeats elsewhere are not seen. An older build does no
/// harm, because it treats unknown entries as damage, but it takes no orders, or does not fold them.
struct RunningWorkers {
    private let places: OrdersPlaces

    init(_ places: OrdersPlaces) {
        self.places = places
    }

    /// Throws `CommandError` if a live api or project worker has a build that does not know what is to be written.
    func requireKnowledge(of what: String, _ print: (String) -> Void) async throws {
        let (redis, pattern) = (places.redis, places.keys.workers("*"))
        var older: [String] = []
        do throws(RedisError) {
            for key in try await StatusReader.beats(pattern, redis) {
                guard let beat = try await redis.send(RedisCommand("GET", key)).bytes, Self.isOlder(beat) else {
                    continue
                }
                older.append(String(key.dropFirst(pattern.utf8.count - 3)))
            }
        } catch {
            guard case .server = error.code else { throw error }
            return print("note: whether workers of an earlier build run is not known: \(error.message)")
        }
        guard let first = older.sorted().first else { return }
        let others = older.count > 1 ? " and \(older.count - 1) more" : ""
        throw CommandError(
            .refused,
            "\(first)\(others) is of a build that does not know \(what): restart it with this build, and try again "
                + "15 seconds after it has ended; nothing was changed")
    }

    private static func isOlder(_ beat: [UInt8]) -> Bool {
        guard let texts = JSONMembers.texts(of: beat), let kind = texts["kind"], ["api", "project"].contains(kind)
        else { return false }
        return (texts["ledger"].flatMap { Int($0) } ?? 1) < Version.ledger
    }
}
