import CCurl
import Synchronization

/// What is asked of the client's thread, and how it is woken.
final class CurlEngine: Sendable {
    enum Order {
        case start(HTTPRequest, CheckedContinuation<Transfer.Outcome, Never>, id: UInt64)
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

    /// The client's thread's own, but for `curl_multi_wakeup`, which libcurl allows from any thread (curl_multi_wakeup(3)).
    ///
    /// Swift cannot see that rule, and a lock would not do: the thread would hold it while it waits to be woken. The pointer
    /// itself never changes, and is freed when neither the thread nor anybody else has this object any more.
    private nonisolated(unsafe) let multi: UnsafeMutableRawPointer
    private let inbox = Mutex(Inbox())

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
                post(.start(request, continuation, id: id))
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
        if isStopped, case .start(_, let continuation, _) = order {
            continuation.resume(returning: .failure(CurlLoop.isShutDown))
        } else {
            curl_multi_wakeup(multi)
        }
    }

    /// The loop of the client's thread: returns after `stop`.
    func run() {
        let loop = CurlLoop(multi)
        while true {
            let (orders, isStopped) = inbox.withLock { inbox in
                defer { inbox.orders = [] }
                return (inbox.orders, inbox.isStopped)
            }
            for order in orders { loop.obey(order) { id in inbox.withLock { $0.cancelled.contains(id) } } }
            if isStopped { return loop.abandonAll() }
            loop.turn()
            curl_multi_poll(multi, nil, 0, 1000, nil)
        }
    }
}
