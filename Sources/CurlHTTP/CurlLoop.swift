import CCurl

/// The running transfers; only the client's thread uses this object.
final class CurlLoop {
    private let multi: UnsafeMutableRawPointer
    private var running: [UInt64: Transfer] = [:]

    static let isShutDown = HTTPError(.cancelled, "the HTTP client is shut down")

    init(_ multi: UnsafeMutableRawPointer) {
        self.multi = multi
    }

    func obey(_ order: CurlEngine.Order, isCancelled: (UInt64) -> Bool) {
        switch order {
        case .start(let request, let continuation, let id):
            let transfer = Transfer(request, continuation)
            if isCancelled(id) { return transfer.fail(HTTPError(.cancelled, "cancelled")) }
            guard let easy = transfer.prepare(), curl_multi_add_handle(multi, easy) == CURLM_OK else {
                return transfer.fail(HTTPError(.invalidRequest, "libcurl does not take the request"))
            }
            running[id] = transfer
        case .cancel(let id):
            guard let transfer = running.removeValue(forKey: id) else { return }
            curl_multi_remove_handle(multi, transfer.easy)
            transfer.fail(HTTPError(.cancelled, "cancelled"))
        }
    }

    /// Does all work that does not need to wait.
    func turn() {
        var active: Int32 = 0
        curl_multi_perform(multi, &active)
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            let easy = message.pointee.easy_handle
            let result = cointape_curl_message_result(message)
            guard let (id, transfer) = running.first(where: { $0.value.easy == easy }) else { continue }
            curl_multi_remove_handle(multi, easy)
            running[id] = nil
            transfer.finish(result)
        }
    }

    func abandonAll() {
        for transfer in running.values {
            curl_multi_remove_handle(multi, transfer.easy)
            transfer.fail(Self.isShutDown)
        }
        running = [:]
    }
}
