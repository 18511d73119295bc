import Basics
import HTTPServer
import Tape

/// `/healthz` and `/readyz`: whether the process is alive, and whether it can serve requests.
///
/// Neither asks Redis: a short failure of a dependency must not restart or remove every replica at once.
struct HealthRoute: Sendable {
    let newest: NewestList
    /// Whether lists are made on demand; then it is ready without one, so that it gets requests.
    let isOnDemand: Bool
    /// Checks with cached results that do not affect readiness: Redis, rates, whether writing works.
    let notes: @Sendable () -> [ReadinessCheck]
    /// Whether the process is shutting down.
    let isEnding: @Sendable () -> Bool
    let clock: TapeClock

    static var alive: Response { .text("alive\n") }

    /// Not ready before the first list, unless lists are made on demand, and not ready during shutdown.
    ///
    /// With `verbose` in the query, lists each check with its result, one per line like Kubernetes' own endpoints.
    func ready(_ query: QueryString) throws(Problem) -> Response {
        let isVerbose = try query.values(of: ["verbose"])["verbose"] != nil
        let checks = [listCheck, processCheck]
        let shown = isVerbose ? (checks + notes()).map(\.line) : []
        guard let failed = checks.first(where: { !$0.isWell }) else {
            return .text((shown + ["ready", ""]).joined(separator: "\n"))
        }
        var problem = Problem.unavailable(
            "not-ready", "Not ready", failed.detail, retryAfter: clock.positiveHeaderSeconds(.seconds(1)))
        if isVerbose { problem.members.append(("checks", .texts(shown))) }
        throw problem
    }

    private var listCheck: ReadinessCheck {
        guard let list = newest.current else {
            return ReadinessCheck(
                name: "list", isWell: isOnDemand,
                detail: isOnDemand ? "None yet; a request has one made." : "There is no list yet.")
        }
        return ReadinessCheck(
            name: "list", isWell: true, detail: ReadinessCheck.age(of: list.minute, clock))
    }

    private var processCheck: ReadinessCheck {
        isEnding()
            ? ReadinessCheck(name: "process", isWell: false, detail: "The process is ending.")
            : ReadinessCheck(name: "process", isWell: true, detail: "takes requests")
    }
}

/// The result of one check.
package struct ReadinessCheck: Equatable, Sendable {
    /// The name in `/readyz?verbose`: `list`, `redis`.
    package let name: String
    package let isWell: Bool
    /// What was found, in words.
    package let detail: String

    package init(name: String, isWell: Bool, detail: String) {
        self.name = name
        self.isWell = isWell
        self.detail = detail
    }

    static func age(of minute: Minute, _ clock: TapeClock) -> String {
        "\(minute), \(Duration.seconds((clock.now - minute.start).components.seconds).short) old"
    }

    var line: String { "[\(isWell ? "+" : "-")] \(name): \(detail)" }
}
