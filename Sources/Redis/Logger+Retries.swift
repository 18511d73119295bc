package import Logging
import Logs

extension Logger {
    /// Says that a worker's step failed and will be tried again: once as a warning, then for those who debug.
    ///
    /// `isFirst` is whether the step before went well. That Redis is away is told by its clients.
    package func retries(after error: any Error, isFirst: Bool) {
        let isTold = (error as? RedisError)?.isOutage == true || error is CancellationError || Task.isCancelled
        log(level: isFirst && !isTold ? .warning : .debug, .workerRetries, metadata: [LogKey.error: "\(error)"])
    }
}
