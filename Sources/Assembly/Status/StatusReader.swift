import Archive
import Basics
import Config
import Fetching
import JSON
import Logging
import NIOPosix
import Orders
import Projecting
import Redis
import Serving
import Tape
import Workers

/// Checks everything that the configs name, and nothing else.
///
/// It only reads, apart from one probe key per Redis, which expires by itself: only a write shows whether workers can write. What
/// cannot be read, for whatever reason, becomes one problem of the report, and everything else is still reported.
struct StatusReader: Sendable {
    let configs: ConfigFiles
    let clock: TapeClock

    /// The name that the keys of the probes contain.
    static let name = "status"

    func read() async -> StatusReport { await read(withTape: true) }

    /// Only whether the servers, the rights of their users and the ledger serve the workers.
    func readServers() async -> StatusReport { await read(withTape: false) }

    private func read(withTape: Bool) async -> StatusReport {
        var servers: [String: ServerSurvey] = [:]
        // The clock is set by the tape's own Redis, not by a Redis that only holds orders.
        let tapes = Set(configs.files.map(\.config.worker.redis.endpoint.identity))
        var away: [StatusReport.Problem] = []
        for (name, endpoint) in Dictionary(endpoints.map { ($0.identity, $0) }, uniquingKeysWith: { first, _ in first })
        {
            let redis = client(endpoint)
            do throws(RedisError) {
                let survey = try await ServerSurvey(
                    redis, settingClock: tapes.contains(name) ? clock : nil, away: &away)
                // What the other nodes of a cluster have is shown.
                if survey.nodes.isEmpty { redis.close() } else { servers[name] = survey }
            } catch {
                away.append(.init(what: "redis \(endpoint): \(error.message)", mend: [error.remedy(redis)]))
                redis.close()
            }
        }
        defer { servers.values.forEach { $0.redis.close() } }
        var report = StatusReport(time: clock.now)
        report.problems = away.sorted { $0.what < $1.what }
        for file in configs.files {
            let settings = file.config.worker
            let name = settings.redis.endpoint.identity
            guard let redis = servers[name]?.redis else { continue }
            servers[name]?.needs += needs(file)
            servers[name]?.expected += expected(file.config)
            servers[name]?.keys = settings.redis.keys
            if let witness = orders(file.config)?.witnessRedis?.identity {
                servers[witness]?.needs += .witnessing(settings.redis.keys)
                servers[witness]?.keys = settings.redis.keys
            }
            guard withTape else { continue }
            if let stream = streamStatus(file.config, redis) {
                await part("\(stream.name): the key \(stream.key)", stream.look, &report) { report in
                    try await addStream(stream, isDue: await isDue(file.config, redis), redis, to: &report)
                }
                await addMemory(file.config, stream, &servers, to: &report)
            }
            if let archive = file.config as? ArchiveConfig { await addArchive(archive, redis, to: &report) }
            if let feed = file.config as? FetchConfig { await addBudget(feed, redis, to: &report) }
            await addWorker(file.config, redis, to: &report)
        }
        await addOrders(&servers, to: &report)
        for (_, server) in servers.sorted(by: { $0.key < $1.key }) { await server.add(to: &report) }
        return report
    }

    /// Adds what can be read to the report; a failure becomes a problem with this name.
    ///
    /// What may not be read is not known: a right that a worker needs is named where its needs are probed.
    private func part(
        _ name: String, _ look: String, _ report: inout StatusReport,
        _ body: (inout StatusReport) async throws -> Void
    ) async {
        do {
            try await body(&report)
        } catch let error as RedisError where error.isDenial {
            report.unknown.append("\(name): \(error.message)")
        } catch {
            let words = (error as? RedisError)?.message ?? "\(error)"
            report.add(.init(what: "\(name): \(words)", mend: [look]))
        }
    }

    /// Every Redis of the workers, and those of orders.
    private var endpoints: [RedisEndpoint] {
        configs.files.flatMap { file -> [RedisEndpoint] in
            let own = file.config.worker.redis.endpoint
            guard let orders = orders(file.config) else { return [own] }
            return [own, orders.ledger, orders.readModel] + [orders.witnessRedis].compactMap(\.self)
        }
    }

    /// Project workers and apis use the ledger.
    private func orders(_ config: any WorkerConfig) -> OrdersSettings? {
        (config as? ProjectConfig)?.orders ?? (config as? APIConfig)?.orders?.places
    }

    private func client(_ endpoint: RedisEndpoint) -> RedisClient {
        // Errors become part of the report, so they need not be logged.
        RedisClient(
            endpoint, name: "cointape-status", group: MultiThreadedEventLoopGroup.singleton,
            logger: Logger(label: "status") { _ in SwiftLogNoOpLogHandler() })
    }

    /// What the worker needs of its own Redis.
    private func needs(_ file: ConfigFiles.File) -> [RedisNeed] {
        let settings = file.config.worker
        return .beating(settings.name, settings.redis.keys, for: Self.name)
            + file.redisNeeds(at: Minute(containing: clock.now))
    }

    /// The types of the keys that the worker writes.
    private func expected(_ config: any WorkerConfig) -> [KeyFitness.Expected] {
        guard let output = config.output else { return [] }
        let stream = config.worker.redis.keys.stream(output.stream.value)
        let days = (config as? ArchiveConfig).map { config.worker.redis.keys.stream($0.days) }
        let budget = (config as? FetchConfig)?.budgetKey
        return ([stream] + [days].compactMap(\.self)).map { .init($0, "stream") }
            + [budget].compactMap(\.self).map { .init($0, "hash", expires: true) }
            + output.passing(Minute(containing: clock.now)).map { .init($0, "string", expires: true) }
    }

    private func streamStatus(_ config: any WorkerConfig, _ redis: RedisClient) -> StreamStatus? {
        guard let output = config.output else { return nil }
        let (keys, stream) = (config.worker.redis.keys, output.stream.value)
        return StreamStatus(
            name: stream, key: keys.stream(stream), cli: redis.server.cli, retain: output.retain,
            due: output.due, patience: output.patience, window: output.window)
    }

    /// Whether the worker's stream should have an entry by now: if its periods start with another stream, only some time after
    /// that stream's first entry.
    private func isDue(_ config: any WorkerConfig, _ redis: RedisClient) async -> Bool {
        guard let output = config.output, let follows = output.follows else { return true }
        let reader = StreamReader(key: config.worker.redis.keys.stream(follows), redis: redis, clock: clock)
        // A failure is reported with that stream.
        guard let first = try? await reader.oldest()?.minute else { return false }
        return clock.now - first.start > output.patience
    }

    private func addBudget(_ config: FetchConfig, _ redis: RedisClient, to report: inout StatusReport) async {
        guard let budget = config.budget(redis, clock), !report.budgets.contains(where: { $0.name == budget.name })
        else {
            return
        }
        let look = "\(redis.server.cli) HGETALL '\(budget.key)'"
        await part("budget \(budget.name): the key \(budget.key)", look, &report) { report in
            let state = try await budget.state()
            let usedUp = config.usedUp(state, now: clock.now)
            report.budgets.append(
                StatusReport.Budget(
                    name: budget.name, plan: state.plan, spent: state.spent, left: state.left,
                    resets: state.until?.rfc3339, usedUp: usedUp?.rfc3339, look: look))
            if state.left < config.creditsOfFetch {
                let more = state.until.map { "; more come \($0.rfc3339)" } ?? ""
                report.add(
                    .init(
                        what:
                            "\(config.worker.name): \(state.spent) of the plan's \(state.plan) credits are spent\(more)",
                        mend: [look]))
            }
        }
    }

    /// The stream of hours was already reported with the other streams.
    private func addArchive(_ config: ArchiveConfig, _ redis: RedisClient, to report: inout StatusReport) async {
        let keys = config.worker.redis.keys
        let look = "\(redis.server.cli) XREVRANGE '\(keys.stream(config.days))' + - COUNT 1"
        await part("\(config.days): the key \(keys.stream(config.days))", look, &report) { report in
            let stream = report.streams.last { $0.name == config.stream }
            do {
                report.archives.append(
                    try await ArchiveSurvey.report(config, stream, redis: redis, clock: clock))
            } catch let error as StreamSurvey.WrongType {
                // The stream of hours was reported before.
                guard stream != nil else { return }
                let days = StreamStatus(
                    name: config.days, key: keys.stream(config.days), cli: redis.server.cli, retain: nil,
                    due: { _, _ in 0 }, patience: .zero)
                report.add(days.problem(error.type))
            }
        }
    }

    private func addStream(
        _ stream: StreamStatus, isDue: Bool, _ redis: RedisClient, to report: inout StatusReport
    ) async throws {
        let reader = StreamReader(key: stream.key, redis: redis, clock: clock)
        do {
            let survey = try await reader.survey()
            let minutes = try await reader.settledMinutes(from: stream.windowStart(clock.now))
            let good = try await reader.newestGood()
            let (line, problems) = stream.report(survey, minutes, good: good, isDue: isDue, now: clock.now)
            report.streams.append(line)
            problems.forEach { report.add($0) }
        } catch let error as StreamSurvey.WrongType {
            report.add(stream.problem(error.type))
        }
    }

    /// Adds the memory of the stream and of its lists; adds nothing if it cannot be queried.
    private func addMemory(
        _ config: any WorkerConfig, _ stream: StreamStatus, _ servers: inout [String: ServerSurvey],
        to report: inout StatusReport
    ) async {
        let name = config.worker.redis.endpoint.identity
        guard let redis = servers[name]?.redis else { return }
        let reader = StreamReader(key: stream.key, redis: redis, clock: clock)
        guard let survey = try? await reader.survey(), survey.entries > 0 else { return }
        let day = stream.due(
            Minute(containing: .init(milliseconds: 0)), Minute(containing: .init(milliseconds: 86_340_000)))
        let most = stream.retain.map { max(1, Int(Double(day) * ($0 / .seconds(86_400)))) }
        func add(_ bytes: Int64, isList: Bool) {
            let forecast = servers[name]?.forecast ?? MemoryForecast()
            servers[name]?.forecast = forecast.adding(
                .init(bytes: bytes, entries: survey.entries, most: most, perDay: day, isList: isList))
        }
        guard let bytes = await bytes(stream.key, name, &servers, to: &report) else { return }
        add(bytes, isList: false)
        if let lists = config.output?.lists, let newest = try? await reader.newestWithoutGap(),
            let list = await self.bytes(lists.key(newest.minute), name, &servers, to: &report)
        {
            // Anybody can add entries, so the product may overflow.
            add(list.multipliedReportingOverflow(by: Int64(survey.entries)).partialValue, isList: true)
        }
    }

    /// Returns nil if the server refuses MEMORY USAGE, which is reported once.
    private func bytes(
        _ key: String, _ name: String, _ servers: inout [String: ServerSurvey], to report: inout StatusReport
    ) async -> Int64? {
        guard let server = servers[name], !server.lacksMemoryUsage else { return nil }
        do throws(RedisError) {
            return try await server.redis.send(RedisCommand("MEMORY", "USAGE", key)).integer ?? 0
        } catch {
            servers[name]?.lacksMemoryUsage = true
            report.unknown.append("\(server.redis.endpoint) refuses MEMORY USAGE: what its memory is used for")
            return nil
        }
    }

    private func addWorker(_ config: any WorkerConfig, _ redis: RedisClient, to report: inout StatusReport) async {
        let settings = config.worker
        let pattern = settings.redis.keys.workers(settings.name)
        let look = redis.server.cli(scanning: pattern)
        var (alive, last) = (Int?.some(0), Minute?.none)
        do throws(RedisError) {
            for beat in try await Self.beats(pattern, redis) {
                do throws(RedisError) {
                    let (value, left) = try await redis.send(
                        RedisCommand("GET", beat), then: RedisCommand("PTTL", beat))
                    if case .error(let text) = value { throw RedisError(serverError: text, command: "GET") }
                    guard let text = value.bytes else { continue }
                    // A heartbeat that a worker wrote expires.
                    guard left.integer ?? 0 >= 0 else {
                        throw RedisError(.unexpectedReply, command: "GET", message: "no worker has written it")
                    }
                    alive = alive.map { $0 + 1 }
                    last = [last, Self.lastMinute(text)].compactMap(\.self).max()
                } catch {
                    guard !error.isTransient else { throw error }
                    report.add(
                        .init(
                            what: "\(settings.name): the key \(ShownText.line(beat)): \(error.message)",
                            mend: ["\(redis.server.cli) DEL \(ShellWord.quoted(beat))"]))
                }
            }
        } catch {
            alive = nil
            if case .server = error.code, !error.isTransient {
                report.unknown.append(
                    "\(redis.endpoint) refuses \(error.command): whether a worker \(settings.name) is alive")
            } else {
                report.add(.init(what: "\(settings.name): \(error.message)", mend: [look]))
            }
        }
        report.workers.append(
            StatusReport.Worker(
                name: settings.name, kind: type(of: config).kind.name, alive: alive, lastMinute: last.map { "\($0)" },
                look: look))
        if alive == 0 { report.add(.init(what: "\(settings.name): no worker is alive", mend: [look])) }
    }

    /// The keys of heartbeats that match the pattern.
    static func beats(_ pattern: String, _ redis: RedisClient) async throws(RedisError) -> [String] {
        var beats: Set<String> = []
        for server in try await redis.allServers() {
            var cursor = "0"
            repeat {
                let reply = try await server.send(RedisCommand("SCAN", cursor, "MATCH", pattern, "COUNT", 1000))
                guard let parts = reply.array, parts.count == 2, let next = parts[0].text else { break }
                beats.formUnion((parts[1].array ?? []).compactMap(\.text))
                cursor = next
            } while cursor != "0"
        }
        return beats.sorted()
    }

    private static func lastMinute(_ beat: [UInt8]) -> Minute? {
        JSONMembers.texts(of: beat)?["last_minute"].flatMap { Minute($0) }
    }

    private func addOrders(_ servers: inout [String: ServerSurvey], to report: inout StatusReport) async {
        // The commands for orders read a project worker's config; an api's config names the ledger too.
        let files =
            configs.files.filter { $0.config is ProjectConfig } + configs.files.filter { $0.config is APIConfig }
        guard let (file, settings) = files.lazy.compactMap({ file in orders(file.config).map { (file, $0) } }).first,
            let ledger = servers[settings.ledger.identity], servers[settings.readModel.identity] != nil
        else { return }
        let acknowledgements = files.compactMap { file -> Acknowledgement? in
            guard let api = file.config as? APIConfig, api.orders?.places.ledger == settings.ledger else { return nil }
            return api.orders?.places.acknowledgement
        }
        let roles = LedgerSurvey.Roles(
            places: !acknowledgements.isEmpty, projects: files.contains { $0.config is ProjectConfig })
        let places = OrdersPlaces(settings, worker: file.config.worker, path: file.path, clock: clock)
        defer { places.close() }
        var found: LedgerSurvey?
        await part("orders", "\(ledger.redis.server.cli) PING", &report) { report in
            let survey = try await LedgerSurvey(
                places, acknowledgement: acknowledgements.first ?? settings.acknowledgement, roles: roles)
            report.ledger = survey.report
            survey.problems.forEach { report.add($0) }
            report.unknown += survey.unknown
            found = survey
        }
        guard let found else { return }
        for (redis, keys) in found.keys(places) {
            let name = redis.endpoint.identity
            for key in keys {
                guard let bytes = await bytes(key, name, &servers, to: &report) else { continue }
                var forecast = servers[name]?.forecast ?? MemoryForecast()
                forecast.add(orders: bytes, since: found.age)
                servers[name]?.forecast = forecast
            }
        }
    }
}
