import Foundation
import Synchronization

/// A few threads that run filters: parsing a page takes a tenth of a second, which Swift's shared threads cannot spare.
///
/// Every thread compiles a program once and keeps it. Threads end with `shutdown`.
package final class JQPool: Sendable {
    private struct Queue {
        var jobs: [JQJob] = []
        var isStopped = false
        var threads = 0
    }

    private let queue = Mutex(Queue())
    private let pending = DispatchSemaphore(value: 0)

    package init(threads: Int = max(1, min(4, ProcessInfo.processInfo.activeProcessorCount))) {
        for _ in 0..<threads { startThread() }
    }

    /// For a text that comes in pieces.
    package func intake() -> JQIntake { JQIntake(self) }

    /// As `JQIntake.read`, for a text that is there as a whole.
    package func read<Result: Sendable>(
        _ bytes: [UInt8], within limit: Duration = .seconds(60),
        _ body: @escaping @Sendable (JQDocument) throws(JQError) -> Result
    ) async throws(JQError) -> Result {
        let intake = intake()
        intake.feed(bytes)
        return try await intake.read(within: limit, body)
    }

    /// Does the work on one of the threads, and gives it up after the limit or when the task is cancelled.
    func run<Result: Sendable>(
        within limit: Duration, _ work: @escaping @Sendable (JQMachines) throws(JQError) -> Result
    ) async throws(JQError) -> Result {
        let answer = JQAnswer<Result>()
        let job = JQJob { machines in
            do throws(JQError) {
                answer.give(.success(try work(machines)))
            } catch {
                answer.give(.failure(error))
            }
        }
        let timer = Task {
            try await Task.sleep(for: limit)
            giveUp(job, answer, "the filter has not ended in time")
        }
        defer { timer.cancel() }
        let outcome: JQAnswer<Result>.Outcome = await withTaskCancellationHandler {
            guard perform(job) else { return .failure(JQError("the filters are shut down")) }
            return await answer.value
        } onCancel: {
            giveUp(job, answer, "cancelled")
        }
        return try outcome.get()
    }

    /// What is queued is still done.
    package func shutdown() {
        let threads = queue.withLock { queue in
            queue.isStopped = true
            return queue.threads
        }
        for _ in 0..<threads { pending.signal() }
    }

    /// Returns false after `shutdown`.
    @discardableResult
    func perform(_ job: JQJob) -> Bool {
        let isStopped = queue.withLock { queue in
            if !queue.isStopped { queue.jobs.append(job) }
            return queue.isStopped
        }
        if !isStopped { pending.signal() }
        return !isStopped
    }

    private func giveUp<Result: Sendable>(_ job: JQJob, _ answer: JQAnswer<Result>, _ reason: String) {
        answer.give(.failure(JQError(reason)))
        if job.abandon() { startThread() }
    }

    private func startThread() {
        queue.withLock { $0.threads += 1 }
        let thread = Thread { [self] in work() }
        thread.name = "jq"
        // libjq parses nested arrays by recursion.
        thread.stackSize = 8 << 20
        thread.start()
    }

    private func work() {
        let machines = JQMachines()
        while true {
            pending.wait()
            let (job, isStopped) = queue.withLock { queue in
                (queue.jobs.isEmpty ? nil : queue.jobs.removeFirst(), queue.isStopped)
            }
            guard let job else {
                if isStopped { return }
                continue
            }
            // A thread whose job was given up meanwhile has been replaced.
            guard job.run(machines) else {
                return queue.withLock { $0.threads -= 1 }
            }
        }
    }
}
