import CCurl
import Synchronization

/// The multi handle and the loop around it.
///
/// `@unchecked Sendable`: the handle is used on the loop's thread only, save for `curl_multi_wakeup`, which libcurl
/// allows from any thread; the rest that is shared is behind a mutex.
final class CurlEngine: @unchecked Sendable {
    private enum Order {
        case start(Transfer, id: UInt64)
        case cancel(id: UInt64)
    }

    private struct Inbox {
        var orders: [Order] = []
        var isStopped = false
        var nextID: UInt64 = 0
        /// Requests of cancelled tasks: the cancellation may come before the start.
        var cancelled: Set<UInt64> = []
    }

    private static let isInitialized = curl_global_init(Int(CURL_GLOBAL_ALL)) == CURLE_OK

    private let multi: UnsafeMutableRawPointer
    private let inbox = Mutex(Inbox())
    private var running: [UInt64: Transfer] = [:]

    init() {
        // Once a process, before any thread uses libcurl: the static makes sure of both.
        guard Self.isInitialized, let multi = curl_multi_init() else { preconditionFailure("libcurl does not start") }
        self.multi = multi
    }

    deinit {
        curl_multi_cleanup(multi)
    }

    func perform(_ request: HTTPRequest) async -> Transfer.Outcome {
        let id = inbox.withLock { inbox in
            inbox.nextID += 1
            return inbox.nextID
        }
        defer { inbox.withLock { _ = $0.cancelled.remove(id) } }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                post(.start(Transfer(request, continuation), id: id))
            }
        } onCancel: {
            inbox.withLock { _ = $0.cancelled.insert(id) }
            post(.cancel(id: id))
        }
    }

    func stop() {
        inbox.withLock { $0.isStopped = true }
        curl_multi_wakeup(multi)
    }

    private func post(_ order: Order) {
        let isStopped = inbox.withLock { inbox in
            if !inbox.isStopped { inbox.orders.append(order) }
            return inbox.isStopped
        }
        if isStopped, case .start(let transfer, _) = order {
            transfer.fail(HTTPError(.cancelled, "the HTTP client is shut down"))
        } else {
            curl_multi_wakeup(multi)
        }
    }

    /// The loop of the client's thread: returns after `stop`.
    func run() {
        while true {
            let (orders, isStopped) = inbox.withLock { inbox in
                defer { inbox.orders = [] }
                return (inbox.orders, inbox.isStopped)
            }
            orders.forEach(obey)
            if isStopped { return abandonAll() }
            var active: Int32 = 0
            curl_multi_perform(multi, &active)
            collectFinished()
            curl_multi_poll(multi, nil, 0, 1000, nil)
        }
    }

    private func obey(_ order: Order) {
        switch order {
        case .start(let transfer, let id):
            if inbox.withLock({ $0.cancelled.contains(id) }) {
                return transfer.fail(HTTPError(.cancelled, "cancelled"))
            }
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

    private func collectFinished() {
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

    private func abandonAll() {
        for transfer in running.values {
            curl_multi_remove_handle(multi, transfer.easy)
            transfer.fail(HTTPError(.cancelled, "the HTTP client is shut down"))
        }
        running = [:]
    }
}
