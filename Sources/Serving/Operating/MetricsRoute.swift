import HTTPTypes
import Hummingbird
import NIOCore
import Telemetry

/// `/metrics`: what the process counts, in Prometheus' text format.
struct MetricsRoute: Sendable {
    let registry: MetricsRegistry

    var answer: Response {
        var fields = HTTPFields()
        fields[.contentType] = MetricsRegistry.mediaType
        fields[.cacheControl] = "no-store"
        return Response(
            status: .ok, headers: fields, body: ResponseBody(byteBuffer: ByteBuffer(string: registry.text)))
    }
}
