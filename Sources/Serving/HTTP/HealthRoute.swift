import HTTPTypes
import Hummingbird
import NIOCore
import ServiceLifecycle
import Tape

/// `/healthz` and `/readyz`: whether the process lives, and whether it can answer.
///
/// Neither asks Redis: a blip of a dependency must not have every replica restarted or taken out at once.
struct HealthRoute: Sendable {
    let newest: NewestList
    /// Lists are made for requests: to be sent some, it must be ready without one.
    let isOnDemand: Bool
    let clock: TapeClock

    var alive: Response { Self.text("alive") }

    /// Not ready before the first list, unless they are made on demand, and again while the process is ending.
    func ready() throws(Problem) -> Response {
        if Task.isShuttingDownGracefully { throw notReady("The process is ending.") }
        if newest.current == nil, !isOnDemand { throw notReady("There is no list yet.") }
        return Self.text("ready")
    }

    private func notReady(_ detail: String) -> Problem {
        .unavailable("not-ready", "Not ready", detail, retryAfter: clock.positiveHeaderSeconds(.seconds(1)))
    }

    private static func text(_ text: String) -> Response {
        var fields = HTTPFields()
        fields[.contentType] = "text/plain; charset=utf-8"
        fields[.cacheControl] = "no-store"
        return Response(status: .ok, headers: fields, body: ResponseBody(byteBuffer: ByteBuffer(string: text + "\n")))
    }
}
