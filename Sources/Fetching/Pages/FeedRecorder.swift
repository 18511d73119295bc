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
        let calls = [request.call] + [request.token?.call, config.usage?.call].compactMap(\.self)
        servers = Dictionary(calls.flatMap(\.servers)) { first, _ in first }
    }

    /// Records a call as it would be made at any time and with any token.
    ///
    /// `parameters` and `url` are those of `CallSettings.request`; `change` adds what is known besides.
    func record(
        _ outcome: CallRecorder.Outcome, of call: CallSettings, _ values: RequestValues,
        adding parameters: [(name: String, value: String)] = [], instead url: String? = nil,
        _ change: (inout CallRecorder.Call) -> Void = { _ in }
    ) {
        let request = call.request(values.opened(as: RecordedCall.wildcard), adding: parameters, instead: url)
        var recorded = CallRecorder.Call(
            minute: values.minute, source: source, servers: servers, method: request.method.name, url: request.url,
            body: request.method.body, outcome: outcome)
        recorded.isTold = url != nil
        change(&recorded)
        recorder.record(recorded)
    }
}

extension CallRecorder.Outcome {
    init(_ response: HTTPResponse) {
        self = .response(status: response.status, headers: response.headers, body: response.body)
    }
}
