import Archive
import Basics

/// The part of a range about which something can be known: from the oldest minute that is kept to the newest that is settled.
struct HistorySpan {
    let minutes: Range<Minute>
    /// False if a minute of the range is still to come, or no longer kept.
    let isSettled: Bool

    private static let settling: Duration = .seconds(300)

    init(_ range: HistoryRange, _ reader: ArchiveReader, now: Timestamp) async throws {
        // A minute that is not settled yet is not a gap.
        let end = try await reader.newest()?.advanced(byMinutes: 1) ?? range.from
        let to = min(range.to, end)
        let oldest = try await reader.oldest() ?? range.from
        minutes = min(max(range.from, oldest), to)..<to
        isSettled = range.to == to && now - range.to.start > Self.settling && range.from >= oldest
    }
}

extension Range<Minute> {
    /// Its minutes, one after the other.
    var each: some Sequence<Minute> {
        sequence(first: lowerBound) { $0.advanced(byMinutes: 1) }.lazy.prefix { $0 < upperBound }
    }
}
