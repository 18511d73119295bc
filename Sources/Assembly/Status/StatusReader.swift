import Basics
import Fetching
import Logging
import Merging
import NIOPosix
import Orders
import Projecting
import Redis
import Tape

/// Looks at all that configs name, and at nothing else; only reads.
struct StatusReader: Sendable {
    let configs: ConfigFiles
    let clock: TapeClock

    /// A Redis that cannot be reached is a problem of the report, and what it has is missing there.
    func read() async throws -> StatusReport {
        var clients: [String: RedisClient] = [:]
        for endpoint in endpoints { clients[endpoint.identity] = client(endpoint) }
        defer { clients.values.forEach { $0.close() } }
        var fitness: [String: ServerFitness] = [:]
        var away: [StatusReport.Problem] = []
        for (name, redis) in clients {
            do throws(RedisError) {
                fitness[name] = try await ServerFitness.look(redis)
                // Its script tells Redis' time, by which the tape goes.
                _ = try await StreamReader(key: "time", redis: redis, clock: clock).newestID()
            } catch {
                away.append(
                    .init(what: "redis \(redis.endpoint): \(error.message)", mend: ["\(redis.endpoint.cli) PING"]))
                clients.removeValue(forKey: name)?.close()
            }
        }
        var report = StatusReport(time: clock.now)
        report.problems = away.sorted { $0.what < $1.what }
        var forecasts: [String: MemoryForecast] = [:]
        for file in configs.files {
            let name = file.config.settings.redis.endpoint.identity
            guard let redis = clients[name] else { continue }
            if let stream = streamStatus(file.config) {
                try await addStream(stream, redis, to: &report)
                forecasts[name, default: MemoryForecast()].bounded += try await memory(file.config, stream, redis)
            }
            try await addWorker(file.config, redis, to: &report)
        }
        try await addOrders(clients, &forecasts, to: &report)
        for (name, redis) in clients.sorted(by: { $0.key < $1.key }) {
            try await addServer(redis, fitness[name], forecasts[name], to: &report)
        }
        return report
    }

    /// Of all workers, and of orders where they have Redis of their own.
    private var endpoints: [RedisEndpoint] {
        configs.files.flatMap { file -> [RedisEndpoint] in
            let own = file.config.settings.redis.endpoint
            guard case .project(let config) = file.config else { return [own] }
            return [own, config.orders.ledger, config.orders.readModel]
        }
    }

    private func client(_ endpoint: RedisEndpoint) -> RedisClient {
        // What is wrong with a Redis is thrown at people, and need not be logged.
        RedisClient(
            endpoint, name: "cointape-status", group: MultiThreadedEventLoopGroup.singleton,
            logger: Logger(label: "status") { _ in SwiftLogNoOpLogHandler() })
    }

    private func addServer(
        _ redis: RedisClient, _ fitness: ServerFitness?, _ forecast: MemoryForecast?, to report: inout StatusReport
    ) async throws {
        let info = fitness?.info ?? RedisInfo("")
        let limit = info.integer("maxmemory") ?? 0
        let (used, most) = (info.integer("used_memory") ?? 0, limit > 0 ? limit : nil)
        report.servers.append(
            StatusReport.Server(
                redis: "\(redis.endpoint)", version: info["redis_version"] ?? "unknown", usedBytes: used,
                maxBytes: most,
                memory: forecast?.report(used: used, limit: most), look: "\(redis.endpoint.cli) INFO"))
        for shortcoming in fitness?.shortcomings ?? [] {
            let mend = shortcoming.remedy.map { ["\(redis.endpoint.cli) \($0)"] } ?? []
            report.problems.append(.init(what: "redis \(redis.endpoint): \(shortcoming.words)", mend: mend))
        }
    }

    private func streamStatus(_ config: WorkerConfig) -> StreamStatus? {
        guard let (stream, _) = config.published else { return nil }
        let settings = config.settings
        func status(
            _ retain: Duration?, _ patience: Duration, _ due: @escaping @Sendable (Minute, Minute) -> Int
        ) -> StreamStatus {
            StreamStatus(
                name: stream, key: settings.redis.keys.stream(stream), cli: settings.redis.endpoint.cli,
                retain: retain, due: due, patience: patience)
        }
        switch config {
        case .fetch(let fetch):
            let every = fetch.schedule.every
            return status(fetch.retain, every * 2 + .seconds(60)) { first, last in
                let (step, start) = (every.milliseconds, first.floored(to: every).milliseconds)
                let begin = start < first.milliseconds ? start + step : start
                return last.milliseconds < begin ? 0 : Int((last.milliseconds - begin) / step) + 1
            }
        case .merge(let merge):
            let slowest = merge.sources.filter { !$0.isOptional }.map(\.every).max() ?? .seconds(60)
            return status(merge.retain, slowest + merge.grace + .seconds(120)) { first, last in
                merge.dueMinutes(from: first, to: last)
            }
        case .project, .api: return nil
        }
    }

    private func addStream(
        _ stream: StreamStatus, _ redis: RedisClient, to report: inout StatusReport
    ) async throws {
        let reader = StreamReader(key: stream.key, redis: redis, clock: clock)
        do {
            let survey = try await reader.survey()
            let minutes = try await reader.settledMinutes(from: stream.windowStart(clock.now))
            let good = try await reader.newestGood()
            let (line, problems) = stream.report(survey, minutes, good: good, now: clock.now)
            report.streams.append(line)
            report.problems += problems
        } catch let error as StreamSurvey.WrongType {
            report.problems.append(stream.problem(error.type))
        }
    }

    private func memory(
        _ config: WorkerConfig, _ stream: StreamStatus, _ redis: RedisClient
    ) async throws -> [MemoryForecast.Bounded] {
        let reader = StreamReader(key: stream.key, redis: redis, clock: clock)
        guard let survey = try? await reader.survey(), survey.entries > 0 else { return [] }
        let day = stream.due(
            Minute(containing: .init(milliseconds: 0)), Minute(containing: .init(milliseconds: 86_340_000)))
        let most = stream.retain.map { max(1, Int(Double(day) * ($0 / .seconds(86_400)))) }
        var parts = [
            MemoryForecast.Bounded(
                bytes: try await bytes(stream.key, redis), entries: survey.entries, most: most, perDay: day,
                isList: false)
        ]
        if case .merge(let merge) = config, let newest = try await reader.newestWithoutGap() {
            let list = try await bytes(merge.worker.redis.keys.list(merge.stream, newest.minute), redis)
            parts.append(
                MemoryForecast.Bounded(
                    bytes: list * Int64(survey.entries), entries: survey.entries, most: most, perDay: day,
                    isList: true))
        }
        return parts
    }

    private func bytes(_ key: String, _ redis: RedisClient) async throws -> Int64 {
        try await redis.send(RedisCommand("MEMORY", "USAGE", key)).integer ?? 0
    }

    private func addWorker(_ config: WorkerConfig, _ redis: RedisClient, to report: inout StatusReport) async throws {
        let settings = config.settings
        let pattern = settings.redis.keys.workers(settings.name)
        var cursor = "0"
        var beats: Set<String> = []
        repeat {
            let reply = try await redis.send(RedisCommand("SCAN", cursor, "MATCH", pattern, "COUNT", 1000))
            guard let parts = reply.array, parts.count == 2, let next = parts[0].text else { break }
            beats.formUnion((parts[1].array ?? []).compactMap(\.text))
            cursor = next
        } while cursor != "0"
        var last: Minute?
        for beat in beats {
            let text = try await redis.send(RedisCommand("GET", beat)).bytes ?? []
            for member in (try? JSONMembers.of(text)) ?? [] {
                guard member.name == "last_minute", case .string(let text) = member.value else { continue }
                last = [last, Minute(text: text)].compactMap(\.self).max()
            }
        }
        let look = "\(settings.redis.endpoint.cli) --scan --pattern '\(pattern)'"
        report.workers.append(
            StatusReport.Worker(
                name: settings.name, kind: config.kind.rawValue, alive: beats.count,
                lastMinute: last.map { "\($0)" }, look: look))
        if beats.isEmpty {
            report.problems.append(.init(what: "\(settings.name): no worker is alive", mend: [look]))
        }
    }

    private func addOrders(
        _ clients: [String: RedisClient], _ forecasts: inout [String: MemoryForecast], to report: inout StatusReport
    ) async throws {
        for file in configs.files {
            guard case .project(let config) = file.config, report.ledger == nil,
                clients[config.orders.ledger.identity] != nil, clients[config.orders.readModel.identity] != nil
            else { continue }
            let places = OrdersPlaces(config, path: file.path, clock: clock)
            defer { places.close() }
            let ledger = try await LedgerSurvey(places)
            report.ledger = ledger.report
            report.problems += ledger.problems
            for (redis, keys) in LedgerSurvey.keys(places) {
                for key in keys {
                    forecasts[redis.endpoint.identity, default: MemoryForecast()]
                        .add(orders: try await bytes(key, redis), since: ledger.age)
                }
            }
        }
    }
}
