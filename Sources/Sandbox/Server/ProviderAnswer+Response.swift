import HTTPTypes
import Hummingbird
import NIOCore
import ServiceLifecycle

extension ProviderAnswer {
    /// The answer as it is sent; one that hangs does so before this returns.
    func response() async throws -> Response {
        if delivery == .hang { try await Self.pause(Self.patience) }
        var fields: HTTPFields = [.contentType: contentType]
        for header in headers {
            if let name = HTTPField.Name(header.name) { fields.append(HTTPField(name: name, value: header.value)) }
        }
        return Response(status: HTTPResponse.Status(code: status), headers: fields, body: responseBody)
    }

    /// Longer than anybody waits for a provider.
    private static let patience: Duration = .seconds(90)

    /// Ends early, and so the request, when the sandbox does.
    private static func pause(_ duration: Duration) async throws {
        try await cancelWhenGracefulShutdown { try await Task.sleep(for: duration) }
    }

    private var responseBody: ResponseBody {
        let body = body
        switch delivery {
        case .whole, .hang: return ResponseBody(byteBuffer: ByteBuffer(bytes: body))
        case .cut:
            return ResponseBody(contentLength: body.count) { writer in
                try await writer.write(ByteBuffer(bytes: body.prefix(body.count / 2)))
                // An error in the middle of a body closes the connection.
                throw ChannelError.eof
            }
        case .drip:
            return ResponseBody(contentLength: body.count) { writer in
                for byte in body.prefix(Int(Self.patience / .seconds(1))) {
                    try await writer.write(ByteBuffer(bytes: [byte]))
                    try await Self.pause(.seconds(1))
                }
                throw ChannelError.eof
            }
        }
    }
}
