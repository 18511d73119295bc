import Basics
import Logging
import Merging
import NIOPosix
import Redis
import Tape
import Workers

/// `cointape explain MINUTE`: which entries made a list, what became of their rows, and why a coin is in it or not.
package enum ExplainCommand {
    /// Lines for people; without paths, the merge workers' configs of the config folder.
    ///
    /// `minute` is a minute such as `2026-11-21T09:01Z`, or `2m` for two minutes ago. Only reads.
    package static func run(
        _ minute: String, coin: String?, _ paths: [String], environment: Environment
    ) async throws -> [String] {
        let clock = try environment.clock()
        let paths = paths.isEmpty ? try ConfigFiles.paths(in: environment["CONFIG_DIR"] ?? "config") : paths
        let configs = try ConfigFiles.load(paths, environment: environment.variables, requiringNeeds: false)
        let merges = configs.files.compactMap { $0.config as? MergeConfig }
        guard !merges.isEmpty else { throw CommandError(.configuration, "no config of a merge worker is among these") }
        var lines: [String] = []
        for config in merges {
            let redis = RedisClient(
                config.worker.redis.endpoint, name: "cointape-explain", group: MultiThreadedEventLoopGroup.singleton,
                logger: Logger(label: "explain") { _ in SwiftLogNoOpLogHandler() })
            defer { redis.close() }
            // Sets the clock by Redis'.
            _ = try await StreamReader(
                key: config.worker.redis.keys.stream(config.stream), redis: redis, clock: clock
            ).newestID()
            let minute = try Self.minute(minute, now: clock.now)
            let explanation = try await ListExplanation(config, minute, coin: coin, redis: redis, clock: clock)
            lines += Self.lines(explanation, config.stream, minute, coin)
        }
        return lines.map { ShownText.line($0) }
    }

    private static func minute(_ text: String, now: Timestamp) throws(CommandError) -> Minute {
        if let minute = Minute(text) { return minute }
        if text.hasSuffix("m"), let count = Int(text.dropLast()), count >= 0 {
            return Minute(containing: now).advanced(byMinutes: -count)
        }
        throw CommandError(.option, "\(text) is no minute: write 2026-11-21T09:01Z, or 2m for two minutes ago")
    }

    static func lines(
        _ explanation: ListExplanation, _ stream: String, _ minute: Minute, _ coin: String?
    ) -> [String] {
        var lines = ["\(stream) of \(minute): \(words(explanation.list))"]
        for source in explanation.sources {
            let behind = source.gap.map { "; its minute is a gap, \($0.code): \($0.detail)" } ?? ""
            guard let entry = source.entry else {
                lines.append("  \(source.name): \(source.stream) has no rows for it any more\(behind)")
                continue
            }
            let facts = [("fetched_at", "fetched"), ("as_of", "as of"), ("mark", "marked")].compactMap { field, word in
                entry.text(field).map { ", \(word) \($0)" }
            }.joined()
            lines.append(
                "  \(source.name): \(entry.text("count") ?? "?") rows of \(source.stream) of \(entry.minute)\(facts)\(entry.minute == minute ? "" : behind)"
            )
        }
        lines += account(explanation.list)
        guard let coin else { return lines }
        if explanation.coins.isEmpty { lines.append("no source has a row with the key or label \(coin)") }
        for coin in explanation.coins {
            lines.append("\(coin.key): \(words(coin.verdict, explanation.columns))")
            for (index, row) in coin.rows.enumerated() {
                let isFirst = coin.rows.firstIndex { $0.source == row.source } == index
                lines.append("  \(row.source) row \(row.place)\(isFirst ? "" : ", a duplicate"): \(row.json)")
            }
        }
        return lines
    }

    private static func words(_ list: TapeEntry?) -> String {
        guard let list else { return "there is no entry" }
        if let gap = list.gap { return "a gap, \(gap.code): \(gap.detail)" }
        return "\(list.text("count") ?? "?") rows"
    }

    private static func words(_ verdict: ListExplanation.Verdict, _ columns: [String]) -> String {
        switch verdict {
        case .listed(let cells): "in the list: " + zip(columns, cells).map { "\($0) \($1)" }.joined(separator: ", ")
        case .missing(let sources): "not in the list: no row in \(sources.joined(separator: ", "))"
        case .unpriced(let columns):
            "not in the list: no valid value in a required column (\(columns.joined(separator: ", ")))"
        }
    }

    /// What became of all rows.
    private static func account(_ list: TapeEntry?) -> [String] {
        guard let list, list.gap == nil else { return [] }
        let figures = list.fields.keys.filter { field in
            ["matched", "duplicates", "conflicts", "unpriced", "no_key"].contains(field) || field.hasPrefix("only_")
                || field.hasPrefix("unreadable_")
        }.sorted().map { "\($0) \(list.text($0) ?? "")" }
        let samples = list.text("samples").map { $0 == "{}" ? [] : ["  samples: \($0)"] } ?? []
        return ["  \(figures.joined(separator: ", "))"] + samples
    }
}
