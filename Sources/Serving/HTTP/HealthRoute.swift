import HTTPTypes
import Hummingbird
import NIOCore
import ServiceLifecycle

/// `/healthz` and `/readyz`: whether the process lives, and whether it can answer.
///
/// Neither asks Redis: a blip of a dependency must not have every replica restarted or taken out at once.
struct HealthRoute: Sendable {
    let newest: NewestList

    var alive: Response { Self.text(.ok, "alive") }

    /// Not ready before the first list, and again while the process is ending.
    var ready: Response {
        if Task.isShuttingDownGracefully { return Self.text(.serviceUnavailable, "draining") }
        return newest.current == nil ? Self.text(.serviceUnavailable, "no list yet") : Self.text(.ok, "ready")
    }

    private static func text(_ status: HTTPResponse.Status, _ text: String) -> Response {
        var fields = HTTPFields()
        fields[.contentType] = "text/plain; charset=utf-8"
        fields[.cacheControl] = "no-store"
        return Response(
            status: status, headers: fields, body: ResponseBody(byteBuffer: ByteBuffer(string: text + "\n")))
    }
}
