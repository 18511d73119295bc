import Basics
import HTTPTypes
import NIOHTTP1
import Tape

extension Problem {
    /// The whole message as it goes over the wire, for a connection that is closed after it.
    func closingMessage(isHEAD: Bool) -> String {
        let body = String(decoding: json, as: UTF8.self)
        var lines = ["HTTP/1.1 \(status) \(HTTPResponseStatus(statusCode: status).reasonPhrase)"]
        lines += fields.map { "\($0.name.rawName): \($0.value)" }
        lines += [
            "Content-Length: \(body.utf8.count)", "Date: \(Timestamp.machineTime.httpDate)", "Server: cointape",
            "Connection: close", "", "",
        ]
        return lines.joined(separator: "\r\n") + (isHEAD ? "" : body)
    }
}
