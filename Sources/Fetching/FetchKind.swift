package import Basics
import Config
import CurlHTTP
import JQ
import Logging
import Logs
package import Recordings
package import Redis
package import ServiceLifecycle
package import Tape
package import Workers

extension FetchConfig: WorkerConfig {
    package static let kind = WorkerKind("fetch", "Gets a feed and publishes its rows.")

    package var asksServers: Bool { true }

    package var output: StreamOutput? {
        let (keys, stream, every, isPaced) = (worker.redis.keys, stream, schedule.every, schedule.isPaced)
        return StreamOutput(
            Placed(stream, at: streamPlace), retain: retain, every: isPaced ? .auto : .every(every),
            patience: every * 2 + .seconds(60),
            passing: { [keys.lease(stream, $0), keys.tries(stream, $0), keys.pause(stream)] },
            due: { first, last in
                // Nobody knows it beforehand.
                guard !isPaced else { return 0 }
                let (step, start) = (every.milliseconds, first.floored(to: every).milliseconds)
                let begin = start < first.milliseconds ? start + step : start
                return last.milliseconds < begin ? 0 : Int((last.milliseconds - begin) / step) + 1
            })
    }

    package func review(in environment: [String: String]) -> ConfigReview {
        let lacks = needs.unmet(in: environment)
        let hint = lacks.isEmpty ? "" : "; cannot run before \(lacks.joined(separator: ", ")) is set"
        let instead = needs.urlVariables.first.map { ", or \($0) for a server that needs no key" } ?? ""
        let warning = cost.warning.map { "cost: \($0)" }
        return ConfigReview(
            "fetches \(worker.name) every \(schedule.isPaced ? "auto, about \(schedule.every.short)," : schedule.every.short) into \(stream)\(hint)",
            notes: ["cost: \(cost.daily)"] + [warning].compactMap(\.self),
            // The plan does not apply to another server than the provider's.
            warning: needs.isRedirected(in: environment) ? nil : warning,
            lacks: lacks.map { PlacedMessage(needsPlace, "set \($0)\(instead)") })
    }

    /// To settle minutes, and to read and write the provider's pause.
    package func redisNeeds(at minute: Minute) -> [RedisNeed] {
        let keys = worker.redis.keys
        return .settling(stream, minute, keys) + [RedisNeed]("GET", "SET", on: keys.pause(stream))
            + (budgetKey.map { [RedisNeed]("HGETALL", "HINCRBY", "HDEL", "PEXPIRE", on: $0) } ?? [])
    }

    package func service(
        in process: WorkerProcess, as identity: WorkerIdentity, naming named: [any WorkerConfig]
    ) -> any Service {
        fetchWorker(in: process, as: identity)
    }
}

extension FetchConfig {
    /// Makes the worker, and logs which proxy it will use for its provider.
    package func fetchWorker(in process: WorkerProcess, as identity: WorkerIdentity) -> FetchWorker {
        let (keys, redis, clock) = (worker.redis.keys, process.redis(worker), process.clock)
        let settler = Settler(
            stream: stream, source: worker.name, kind: isSandboxed(in: process) ? .sandbox : .real, retain: retain,
            keys: keys,
            identity: identity, redis: redis, clock: clock, logger: process.logger(worker))
        let pause = Pause(key: keys.pause(stream), redis: redis, clock: clock)
        logProxy(process)
        return FetchWorker(
            name: worker.name, schedule: schedule,
            fetcher: fetcher(in: process, memory: Fetcher.Memory(reader: settler.reader, pause: pause)),
            settler: settler, clock: clock, logger: process.logger(worker))
    }

    /// Without `memory`, every list is published unchecked; with a recorder, all calls are recorded.
    package func fetcher(
        in process: WorkerProcess, memory: Fetcher.Memory? = nil, recorder: CallRecorder? = nil
    ) -> Fetcher {
        let http = process.http()
        // Each feed has its own processes, so that runaway filters only delay their own feed.
        let filters = JQCommand(program: process.program, arguments: ["cointape", JQService.command])
        let jq = JQPool(filters, bounds: filterBounds)
        process.atShutdown { jq.shutdown() }
        return Fetcher(
            self, memory: memory, budget: budget == nil ? nil : budget(process.redis(worker), process.clock),
            http: http, jq: jq, clock: process.clock, redactor: process.redactor,
            logger: process.logger(worker), recorder: recorder.map { FeedRecorder($0, of: self) })
    }

    /// The key of what is spent of the provider's plan; nil if nothing bounds that.
    package var budgetKey: String? { budget.map { worker.redis.keys.budget($0.name ?? stream) } }

    /// Whether both budgets are of one plan.
    package func hasSamePlan(as other: FetchConfig) -> Bool {
        budget?.plan == other.budget?.plan && budget?.period == other.budget?.period
    }

    /// What is spent of the provider's plan; nil if nothing bounds that.
    package func budget(_ redis: RedisClient, _ clock: TapeClock) -> Budget? {
        budget.map { Budget($0, name: $0.name ?? stream, keys: worker.redis.keys, redis: redis, clock: clock) }
    }

    /// The credits of a fetch, so far as the config knows.
    package var creditsOfFetch: Int { cost.credits }

    /// When the rest of a budget is spent; nil if it lasts until more credits come.
    package func usedUp(_ state: Budget.State, now: Timestamp) -> Timestamp? {
        guard !schedule.isPaced else { return nil }
        let end = now + schedule.every * (state.left / max(1, cost.credits))
        return state.until.map { end < $0 } == false ? nil : end
    }

    /// Whether the process' own sandbox serves the feed; a sandbox that the user set up has another URL, and does not count.
    package func isSandboxed(in process: WorkerProcess) -> Bool {
        !process.sandboxVariables.isDisjoint(with: needs.urlVariables)
    }

    /// Logs the proxy for the feed's provider, if a variable names one at all.
    private func logProxy(_ process: WorkerProcess) {
        let (proxy, detail): (String, String)
        switch process.http().proxies.way(to: request.call.sampleURL) {
        case .direct: return
        case .around(let reason): (proxy, detail) = ("none", reason)
        case .through(let url, let variable): (proxy, detail) = (ProxySettings.masked(url), variable)
        }
        process.logger(worker).info(
            .feedProxy,
            metadata: [
                LogKey.host: "\(HTTPRequest.host(of: request.call.sampleURL) ?? "")", LogKey.proxy: "\(proxy)",
                LogKey.detail: "\(detail)",
            ])
    }
}
