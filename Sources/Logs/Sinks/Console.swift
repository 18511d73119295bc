import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Writes to standard error, or to another descriptor.
///
/// If the reader stops reading, for example a paused terminal, the first line waits a short time; then lines are lost until it
/// continues.
final class Console: LogSink {
    static let standardError = Console(STDERR_FILENO)
    private static let patience: Int32 = 200
    private static let piece = 4096

    let name = "console"
    private let descriptor: Int32
    private let health = Mutex(SinkHealth())

    init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    func append(_ line: [UInt8]) -> SinkHealth.Change? {
        health.withLock { health in
            // A pipe that is writable accepts a piece of this size without blocking (PIPE_BUF in limits.h).
            for start in stride(from: 0, to: line.count, by: Self.piece) {
                guard Descriptor.isWritable(descriptor, within: health.isFailing ? 0 : Self.patience) else {
                    return health.note(error: EAGAIN)
                }
                let piece = Array(line[start..<min(start + Self.piece, line.count)])
                let error = Descriptor.write(piece, to: descriptor).error
                if error != 0 { return health.note(error: error) }
            }
            return health.note(error: 0)
        }
    }
}
