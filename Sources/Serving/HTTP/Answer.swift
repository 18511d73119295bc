import HTTPTypes
import Hummingbird
import NIOCore

/// An answer whose body is at hand, whoever sends it.
struct Answer: Sendable {
    let status: HTTPResponse.Status
    var fields: HTTPFields
    let body: ByteBuffer

    var response: Response {
        Response(status: status, headers: fields, body: ResponseBody(byteBuffer: body))
    }
}
