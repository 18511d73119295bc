package import Archive
package import Basics
package import Blocks
import Digests
package import Redis

/// Lists of a few coins: as a merge worker stores them in Redis, and as an archive worker keeps them in blocks.
package enum TestTape {
    package static let columns = Array(
        (#"[{"name":"Rank","type":"integer"},{"name":"Symbol","type":"string"},"#
            + #"{"name":"Price USD","type":"decimal"},{"name":"CMC ID","type":"integer"}]"#).utf8)

    /// What stands in the row of a coin: its ids are 1, 2 and so on, which are their ranks too.
    package static func row(_ coin: Int, _ minute: Minute) -> String {
        "\(coin),SYM\(coin),\(coin).\(minute.milliseconds / 60_000 % 1000),\(coin)"
    }

    package static func list(_ minute: Minute, rows: Int = 4) -> [UInt8] {
        let lines = ["Rank,Symbol,Price USD,CMC ID"] + (1...rows).map { row($0, minute) }
        return Array(lines.map { "\($0)\r\n" }.joined().utf8)
    }

    /// The bytes of a block: a list in each minute, unless the change makes another of some.
    package static func block(
        _ name: BlockName, rows: Int = 4, changing change: (inout [BlockMinute]) -> Void = { _ in }
    ) -> [UInt8] {
        var minutes: [BlockMinute] = (0..<name.minutes).map { offset in
            let csv = list(name.first.advanced(byMinutes: offset), rows: rows)
            return .list(BlockList(csv: csv, columns: columns, count: rows, fields: []))
        }
        change(&minutes)
        return BlockContents(first: name.first, minutes, key: "CMC ID").bytes
    }

    /// Stores a list, and publishes its entry.
    package static func publish(_ minute: Minute, rows: Int = 4, to redis: RedisClient) async throws {
        let csv = list(minute, rows: rows)
        _ = try await redis.send(RedisCommand("SET", "toplist:\(minute)", csv))
        _ = try await redis.send(
            RedisCommand(
                "XADD", "toplist", "\(minute.milliseconds)-0", "source", "toplist", "minute", "\(minute)", "count",
                "\(rows)", "sha256", Digest.sha256(csv), "key", "toplist:\(minute)", "columns", columns))
    }
}
