package import NIOCore

/// What all connections of one event loop share; only used on the loop.
package final class ServerLoop {
    package let loop: any EventLoop
    /// Runs tasks on `loop`.
    package let executor: LoopExecutor
    let limits: HTTPLimits
    let budget: RequestBudget
    let turns: TurnQueue
    /// Connections that have written a response in this turn of the loop but not flushed it.
    private var unflushed: [Connection] = []

    /// `budget` is shared with other loops.
    init(_ loop: any EventLoop, _ limits: HTTPLimits, budget: RequestBudget) {
        self.loop = loop
        self.limits = limits
        self.budget = budget
        executor = LoopExecutor(loop)
        turns = TurnQueue(loop)
    }

    /// An answer made by a task on this loop; if everything that it awaits also completes here, it never changes threads.
    package func task(_ body: @escaping @Sendable () async throws(Problem) -> Response) -> Answer.Outcome {
        task(on: executor, body)
    }

    /// An answer that takes long to make: its task runs on another thread, so that it does not block this loop.
    package func taskElsewhere(_ body: @escaping @Sendable () async throws(Problem) -> Response) -> Answer.Outcome {
        task(on: nil, body)
    }

    private func task(
        on executor: LoopExecutor?, _ body: @escaping @Sendable () async throws(Problem) -> Response
    ) -> Answer.Outcome {
        let promise = loop.makePromise(of: Response.self)
        Task(executorPreference: executor) {
            do throws(Problem) {
                promise.succeed(try await body())
            } catch {
                promise.succeed(error.response)
            }
        }
        return .pending(promise.futureResult)
    }

    /// Flushes the connection at the end of this turn of the loop.
    ///
    /// Many replies of a database arrive at once. If each response were flushed as soon as it is made, its client would be woken
    /// for every single one; this way it gets them together.
    func flushLater(_ connection: Connection) {
        unflushed.append(connection)
        guard unflushed.count == 1 else { return }
        loop.assumeIsolated().execute { [self] in
            let connections = unflushed
            unflushed = []
            for connection in connections { connection.flush() }
        }
    }
}

/// Runs tasks on an event loop; awaiting what completes on the same loop does not change threads.
package final class LoopExecutor: TaskExecutor {
    private let loop: any EventLoop

    package init(_ loop: any EventLoop) {
        self.loop = loop
    }

    /// May be called on any thread; the job runs later, on the loop.
    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { [self] in job.runSynchronously(on: asUnownedTaskExecutor()) }
    }
}
