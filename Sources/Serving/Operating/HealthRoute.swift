import Basics
import HTTPServer
import Tape

/// `/healthz` and `/readyz`: whether the process lives, and whether it can answer.
///
/// Neither asks Redis: a blip of a dependency must not have every replica restarted or taken out at once.
struct HealthRoute: Sendable {
    let newest: NewestList
    /// Lists are made for requests: to be sent some, it must be ready without one.
    let isOnDemand: Bool
    /// What is worth knowing and takes nobody out: Redis, rates, whether writing works; seen before, never asked for here.
    let notes: @Sendable () -> [ReadinessCheck]
    /// Whether the process shuts down.
    let isEnding: @Sendable () -> Bool
    let clock: TapeClock

    static var alive: Response { .text("alive\n") }

    /// Not ready before the first list, unless they are made on demand, and again while the process is ending.
    ///
    /// With `verbose` in the query, each check and what it found, a line each as Kubernetes' own endpoints have them.
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

/// One thing that was looked at, and what it was like.
package struct ReadinessCheck: Equatable, Sendable {
    /// As `/readyz?verbose` shows it: `list`, `redis`.
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
