import Basics
import Redis
import Tape

/// The entries in an archive's two streams: which blocks exist, with their sizes and digests.
struct ArchiveEntries: Sendable {
    struct Entry: Equatable, Sendable {
        let bytes: Int
        let sha256: String
    }

    /// The value is nil if the entry names a block without its size and digest.
    private(set) var blocks: [BlockName: Entry?] = [:]
    /// Hours and days that were settled without a block, with the code of the gap.
    private(set) var gaps: [BlockName: String] = [:]
    /// False if the archive's Redis could not be read.
    let wereRead: Bool

    private static let batch = 1000

    /// Reads both streams in batches.
    init(hours: StreamReader, days: StreamReader) async throws {
        wereRead = true
        try await read(hours) { .hour($0) }
        try await read(days) { .day($0) }
    }

    /// For an archive whose Redis cannot be read.
    init() {
        wereRead = false
    }

    private mutating func read(_ stream: StreamReader, _ name: (Minute) -> BlockName) async throws {
        var next = Minute(containing: Timestamp(milliseconds: 0))
        while true {
            let entries = try await stream.oldest(Self.batch, from: StreamID(next))
            for entry in entries { take(entry, name(entry.minute)) }
            guard let last = entries.last, entries.count == Self.batch else { return }
            next = last.minute.advanced(byMinutes: 1)
        }
    }

    private mutating func take(_ entry: TapeEntry, _ name: BlockName) {
        if let gap = entry.gap {
            gaps[name] = gap.code
        } else if entry.text("place") == name.file {
            let bytes = entry.text("bytes").flatMap { Int($0) }
            let told = bytes.flatMap { bytes in entry.text("sha256").map { Entry(bytes: bytes, sha256: $0) } }
            blocks[name] = .some(told)
        }
    }
}
