import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Standard error, or another descriptor that somebody reads.
///
/// A reader that has stopped reading, such as a terminal that is held, costs a short wait once; lines are then lost until
/// it goes on.
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
            // A pipe that takes anything takes a piece of this size without waiting (PIPE_BUF of limits.h).
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
