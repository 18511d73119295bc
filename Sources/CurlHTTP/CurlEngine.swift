import CCurl
import Synchronization

/// The queue of requests for the client's thread, with the means to wake it.
final class CurlEngine: Sendable {
    enum Order {
        case start(HTTPRequest, CheckedContinuation<Transfer.Outcome, Never>, id: UInt64)
        case cancel(id: UInt64)
    }

    private struct Inbox {
        var orders: [Order] = []
        var isStopped = false
        var nextID: UInt64 = 0
        /// Requests whose tasks were cancelled; the cancellation may arrive before the start.
        var cancelled: Set<UInt64> = []
    }

    private static let isInitialized = curl_global_init(Int(CURL_GLOBAL_ALL)) == CURLE_OK

    /// Only used by the client's thread, except for `curl_multi_wakeup`, which any thread may call (curl_multi_wakeup(3)).
    ///
    /// Swift cannot check that rule, and a lock would not work: the thread would hold it while it waits to be woken. The pointer
    /// itself never changes, and is freed when nobody, the thread included, holds this object any more.
    private nonisolated(unsafe) let multi: UnsafeMutableRawPointer
    private let inbox = Mutex(Inbox())

    init() {
        // Must happen once per process, before any thread uses libcurl; the static guarantees both.
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

    /// The loop of the client's thread; returns after `stop`.
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
