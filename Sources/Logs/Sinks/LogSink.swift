/// Where lines go.
///
/// Never throws and never waits long: a line that cannot be written is lost, and the caller is told when that begins
/// and when it ends.
protocol LogSink: Sendable {
    /// What is written to, for the report of a failure.
    var name: String { get }

    /// Appends one line with one write.
    func append(_ line: [UInt8]) -> SinkHealth.Change?
}

/// Whether lines arrive: tells the first one that does not, and the first one that does again.
struct SinkHealth {
    enum Change: Equatable {
        /// With the errno of the failed write.
        case failed(Int32)
        /// With the number of lines that were lost meanwhile.
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
