import Basics
import Blocks
import Digests
import Redis
package import Tape

/// Facts about blocks, from the archive worker's entries, or from the block itself if it has no entry.
package actor BlockFacts {
    package struct Facts: Equatable, Sendable {
        package let bytes: Int
        /// Of the whole block, in hexadecimal; nil until somebody has read it.
        package fileprivate(set) var sha256: String?
        /// How many of its minutes have a list, are gaps, and are missing.
        package let minutes: Int
        package let gaps: Int
        package let missing: Int
        /// To how many significant digits its decimals were rounded.
        package var digits: Int?
    }

    private let reader: ArchiveReader
    private let streams: [StreamReader]
    /// By the block's file name.
    private var known: [String: Facts] = [:]
    /// The last entry that was read of each stream.
    private var read: [StreamID?]
    private var lastRead: ContinuousClock.Instant?

    private static let batch = 1000
    /// How long new entries are not looked for again, and an unreachable Redis is not asked again.
    private static let freshness: Duration = .seconds(5)

    /// `streams` are the streams of hours and of days.
    package init(_ reader: ArchiveReader, streams: [StreamReader]) {
        self.reader = reader
        self.streams = streams
        read = streams.map { _ in nil }
    }

    /// Returns nil if no store has the block; opens it only if no entry states its size.
    package func facts(of listed: ArchiveReader.Listed) async throws -> Facts? {
        await lookForEntry(of: listed.name)
        if let facts = known[listed.name.file], facts.bytes == listed.size { return facts }
        guard let found = try await reader.stored(listed.name) else { return nil }
        return try await facts(of: found)
    }

    /// Reads the whole block, once, if it has no entry.
    package func digest(of found: ArchiveReader.Found) async throws -> String {
        var facts = try await facts(of: found)
        if let sha256 = facts.sha256 { return sha256 }
        let sha256 = Digest.sha256(try await found.block.bytes(0..<found.block.size))
        facts.sha256 = sha256
        known[found.name.file] = facts
        return sha256
    }

    private func facts(of found: ArchiveReader.Found) async throws -> Facts {
        let name = found.name
        await lookForEntry(of: name)
        // A block that was replaced, for example by a rounded one, usually has another size.
        if let facts = known[name.file], facts.bytes == found.block.size { return facts }
        let facts = Facts(
            bytes: found.block.size, sha256: nil, minutes: found.block.count(.list), gaps: found.block.count(.gap),
            missing: found.block.count(.missing), digits: try await found.block.digits())
        known[name.file] = facts
        return facts
    }

    private func lookForEntry(of name: BlockName) async {
        guard known[name.file] == nil, lastRead.map({ .now - $0 > Self.freshness }) ?? true else { return }
        try? await readEntries()
        lastRead = .now
    }

    private func readEntries() async throws {
        for (index, stream) in streams.enumerated() {
            while true {
                let first = read[index].map { StreamID(Minute(containing: $0.minute.start + .seconds(60))) }
                let entries = try await stream.oldest(
                    Self.batch, from: first ?? StreamID(Minute(containing: Timestamp(milliseconds: 0))))
                for entry in entries {
                    if let file = entry.text("place"), let facts = Facts(entry) { known[file] = facts }
                    read[index] = entry.id
                }
                if entries.count < Self.batch { break }
            }
        }
    }
}

extension BlockFacts.Facts {
    /// Returns nil if the entry does not describe a block.
    fileprivate init?(_ entry: TapeEntry) {
        func number(_ name: String) -> Int? { entry.text(name).flatMap { Int($0) } }
        guard let bytes = number("bytes"), let minutes = number("minutes"), let gaps = number("gaps"),
            let missing = number("missing"), let sha256 = entry.text("sha256"), sha256.utf8.count == 64
        else { return nil }
        self.init(bytes: bytes, sha256: sha256, minutes: minutes, gaps: gaps, missing: missing)
    }
}
