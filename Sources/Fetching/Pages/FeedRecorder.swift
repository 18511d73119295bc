import Basics
import CurlHTTP
package import Recordings
import Workers

/// Keeps the calls of a feed in a recording.
package struct FeedRecorder: Sendable {
    private let recorder: CallRecorder
    private let source: String
    private let servers: [String: String]

    package init(_ recorder: CallRecorder, of config: FetchConfig) {
        self.recorder = recorder
        source = config.worker.name
        let request = config.request
        servers = Dictionary(request.call.servers + (request.token?.call.servers ?? [])) { first, _ in first }
    }

    /// Records a call as it would be made at any time and with any token.
    ///
    /// `parameters` and `url` are those of `CallSettings.request`.
    func record(
        _ outcome: CallRecorder.Outcome, of call: CallSettings, _ values: RequestValues,
        adding parameters: [(name: String, value: String)] = [], instead url: String? = nil,
        hiding token: String? = nil, keepsBody: Bool = true
    ) {
        let request = call.request(
            values.opened(as: RecordedCall.wildcard), adding: parameters, instead: url)
        recorder.record(
            outcome, of: request.method.name, request.url, body: request.method.body, isTold: url != nil,
            minute: values.minute, source: source, servers: servers, hiding: token, keepsBody: keepsBody)
    }
}

extension CallRecorder.Outcome {
    init(_ response: HTTPResponse) {
        self = .response(status: response.status, headers: response.headers, body: response.body)
    }
}
