import Foundation
import Synchronization

/// A few threads that run filters: parsing a page takes a tenth of a second, which Swift's shared threads cannot spare.
///
/// Every thread compiles a program once and keeps it. Threads end with `shutdown`.
package final class JQPool: Sendable {
    private typealias Job = @Sendable (JQMachines) -> Void

    private struct Queue {
        var jobs: [Job] = []
        var isStopped = false
    }

    private let queue = Mutex(Queue())
    private let pending = DispatchSemaphore(value: 0)
    private let threads: Int

    package init(threads: Int = max(1, min(4, ProcessInfo.processInfo.activeProcessorCount))) {
        self.threads = threads
        for number in 0..<threads {
            let thread = Thread { [self] in work() }
            thread.name = "jq-\(number)"
            // libjq parses nested arrays by recursion.
            thread.stackSize = 8 << 20
            thread.start()
        }
    }

    /// Parses the bytes, which must be exactly one JSON value, and calls `body` with them on one of the threads.
    package func read<Result: Sendable>(
        _ bytes: [UInt8], _ body: @escaping @Sendable (JQDocument) throws(JQError) -> Result
    ) async throws(JQError) -> Result {
        let outcome: Swift.Result<Result, JQError> = await withCheckedContinuation { continuation in
            let job: Job = { machines in
                do throws(JQError) {
                    continuation.resume(returning: .success(try body(JQDocument(parsing: bytes, with: machines))))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
            let isStopped = queue.withLock { queue in
                if !queue.isStopped { queue.jobs.append(job) }
                return queue.isStopped
            }
            if isStopped {
                continuation.resume(returning: .failure(JQError("the filters are shut down")))
            } else {
                pending.signal()
            }
        }
        return try outcome.get()
    }

    /// What is queued is still done.
    package func shutdown() {
        queue.withLock { $0.isStopped = true }
        for _ in 0..<threads { pending.signal() }
    }

    private func work() {
        let machines = JQMachines()
        while true {
            pending.wait()
            let (job, isStopped) = queue.withLock { queue in
                (queue.jobs.isEmpty ? nil : queue.jobs.removeFirst(), queue.isStopped)
            }
            if let job { job(machines) } else if isStopped { return }
        }
    }
}
