import Redis
import Tape

extension RedisError {
    /// What mends that a server does not answer, or looks at it.
    func remedy(_ redis: RedisClient) -> String {
        guard case .server(let kind) = code, ["NOAUTH", "WRONGPASS"].contains(kind) else {
            return "\(redis.server.cli) PING"
        }
        return "write the user and the password into the URL: redis://user:password@host:port"
    }
}

/// What was found out about one Redis, or about a cluster and each of its nodes.
struct ServerSurvey: Sendable {
    let redis: RedisClient
    /// Itself, or the nodes of the cluster that answer, each with its fitness.
    let nodes: [(redis: RedisClient, fitness: ServerFitness)]
    var forecast: MemoryForecast?
    var needs: [RedisNeed] = []
    var expected: [KeyFitness.Expected] = []
    /// For the probe key.
    var keys = TapeKeys()
    /// Whether the report already says that MEMORY USAGE is refused.
    var lacksMemoryUsage = false

    /// Queries each server, and sets the clock by their time.
    ///
    /// Those that do not answer are added to `away`. Throws if it is not known which servers there are.
    init(
        _ redis: RedisClient, settingClock clock: TapeClock?, away: inout [StatusReport.Problem]
    ) async throws(RedisError) {
        self.redis = redis
        var nodes: [(RedisClient, ServerFitness)] = []
        for node in try await redis.allServers() {
            do throws(RedisError) {
                nodes.append((node, try await ServerFitness.probe(node, settingClock: clock)))
            } catch {
                away.append(Self.problem(node, error))
            }
        }
        self.nodes = nodes
    }

    private static func problem(_ node: RedisClient, _ error: RedisError) -> StatusReport.Problem {
        .init(what: "redis \(node.endpoint): \(error.message)", mend: [error.remedy(node)])
    }

    /// Adds it, and tests whether its servers and keys serve the workers.
    func add(to report: inout StatusReport) async {
        report.servers.append(row(redis, nodes.map(\.fitness.info), forecast))
        // Each node may be full while the others are not.
        if nodes.count > 1 { report.servers += nodes.map { row($0.redis, [$0.fitness.info], nil) } }
        addSlotsWithoutNode(to: &report)
        for (node, fitness) in nodes { await addNode(node, fitness, to: &report) }
        await addKeys(to: &report)
    }

    private func row(
        _ redis: RedisClient, _ infos: [RedisInfo], _ forecast: MemoryForecast?
    ) -> StatusReport.Server {
        let used = Self.sum(infos.map { $0.integer("used_memory") })
        // 0 is no limit.
        let limit = Self.sum(infos.map { $0.integer("maxmemory").flatMap { $0 > 0 ? $0 : nil } })
        let versions = Set(infos.map { $0.server?.version ?? "unknown" }).sorted()
        return StatusReport.Server(
            redis: "\(redis.endpoint)", server: infos.first?.server?.name, version: versions.joined(separator: " and "),
            usedBytes: used, maxBytes: limit,
            memory: forecast?.report(used: used ?? 0, limit: used == nil ? nil : limit),
            look: "\(redis.server.cli) INFO")
    }

    /// Returns nil if a value is missing, and if the sum overflows.
    private static func sum(_ values: [Int64?]) -> Int64? {
        values.reduce(0) { sum, value in
            guard let sum, let value else { return nil }
            let (next, overflows) = sum.addingReportingOverflow(value)
            return overflows ? nil : next
        }
    }

    private func addSlotsWithoutNode(to report: inout StatusReport) {
        let slots = redis.slotsWithoutNode
        guard let first = slots.first, let node = nodes.first?.redis.server else { return }
        let words = slots.count == 1 ? "slot \(first) belongs" : "\(slots.count) slots, \(first) among them, belong"
        report.add(
            .init(
                what: "redis \(redis.endpoint): \(words) to no node, and keys that have it cannot be used",
                mend: ["\(node.cli) --cluster fix \(node)"]))
    }

    private func addNode(_ node: RedisClient, _ fitness: ServerFitness, to report: inout StatusReport) async {
        report.unknown += fitness.unknown.map { "\(node.endpoint) refuses \($0)" }
        do throws(RedisError) {
            let key = node.ownKey(keys.probe(StatusReader.name))
            for shortcoming in fitness.shortcomings + (try await WriteProbe(node, key: key, needs: needs).run()) {
                let mend = shortcoming.remedy.map { ["\(node.server.cli) \($0)"] } ?? []
                report.add(.init(what: "redis \(node.endpoint): \(shortcoming.description)", mend: mend))
            }
        } catch {
            report.add(Self.problem(node, error))
        }
    }

    private func addKeys(to report: inout StatusReport) async {
        do throws(RedisError) {
            for (key, fault) in try await KeyFitness.faults(of: expected, redis) {
                let (words, remedy): (String, String)
                switch fault {
                // If a stream has another type, that is reported with the stream.
                case .type where key.type == "stream": continue
                case .type(let type): (words, remedy) = ("should be a \(key.type) and is a \(type)", "DEL")
                case .expires(let left):
                    words = "expires in \(left.components.seconds) s, and all of it then"
                    remedy = "PERSIST"
                }
                report.add(
                    .init(
                        what: "redis \(redis.endpoint): the key \(key.key) \(words)",
                        mend: ["\(redis.server.cli) \(remedy) '\(key.key)'"]))
            }
        } catch {
            report.unknown.append("\(redis.endpoint) refuses \(error.command): types and lifetimes of keys")
        }
    }
}
