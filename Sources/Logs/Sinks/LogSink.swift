/// A destination of log lines.
///
/// Never throws and never waits long: a line that cannot be written is lost, and the caller is told when that begins and ends.
protocol LogSink: Sendable {
    /// The name of the destination, for reports of failures.
    var name: String { get }

    /// Appends one line with one write.
    func append(_ line: [UInt8]) -> SinkHealth.Change?
}

/// Whether lines arrive: reports the first one that fails, and the first one that succeeds again.
struct SinkHealth {
    enum Change: Equatable {
        /// A write failed with this errno.
        case failed(Int32)
        /// Writes succeed again; this many lines were lost.
        case works(lost: Int)
    }

    private(set) var lost = 0

    var isFailing: Bool { lost > 0 }

    /// `error` is zero when the line was written.
    mutating func note(error: Int32) -> Change? {
        guard error == 0 else {
            lost += 1
            return lost == 1 ? .failed(error) : nil
        }
        defer { lost = 0 }
        return lost > 0 ? .works(lost: lost) : nil
    }
}
