import Basics
import Blocks
import Digests
import Logging
import Logs
import NIOPosix
import Tape

/// Makes blocks, and keeps them in all stores.
struct Sealer: Sendable {
    let stores: [any BlockStore]
    let logger: Logger

    /// The title of the column by which a coin is found.
    static let key = "CMC ID"

    /// Makes the block of an hour, decodes it again and compares each list, keeps it in all stores, and drafts its entry.
    func seal(_ hour: Minute, _ minutes: [BlockMinute]) async throws -> EntryDraft {
        let bytes = try await NIOThreadPool.singleton.runIfActive {
            BlockContents(first: hour, minutes, key: Self.key).bytes
        }
        return try await keep(.hour(hour), bytes)
    }

    /// Makes the block of a day out of those of its hours; an hour that no store has is minutes that are missing.
    func fold(_ day: Minute) async throws -> EntryDraft {
        var whole: BlockContents?
        for number in 0..<24 {
            let hour = day.advanced(byMinutes: number * 60)
            let next =
                try await contents(of: .hour(hour))
                ?? BlockContents(first: hour, Array(repeating: .missing, count: 60), key: Self.key)
            if whole == nil { whole = next } else { whole?.append(next) }
        }
        guard let contents = whole else { throw BlockDamage("a day without hours") }
        return try await keep(.day(day), try await NIOThreadPool.singleton.runIfActive { contents.bytes })
    }

    /// Out of the first store that has the block, and has it whole.
    private func contents(of name: BlockName) async throws -> BlockContents? {
        var damage: BlockDamage?
        for store in stores {
            do {
                guard let source = try await store.open(name.file) else { continue }
                let block = try await Block.open(source)
                try await block.verify()
                return try await block.contents()
            } catch let error as BlockDamage {
                damage = error
                tellDamage(name, store, "\(error)")
            }
        }
        // Better no day than one that lacks what was there.
        if let damage { throw damage }
        return nil
    }

    private func keep(_ name: BlockName, _ bytes: [UInt8]) async throws -> EntryDraft {
        try await check(name, bytes)
        var kept: [UInt8]?
        for store in stores {
            let own = try await keep(name, bytes, in: store)
            kept = kept ?? own
        }
        return try await draft(name, kept ?? bytes)
    }

    private func check(_ name: BlockName, _ bytes: [UInt8]) async throws {
        let block = try await Block.open(BlockInMemory(bytes))
        guard block.first == name.first, block.minutes == name.minutes else {
            throw BlockDamage("the block is not that of \(name)")
        }
        try await block.verify()
    }

    /// Returns what the store has afterwards: these bytes, or those of a block that was there and has as many lists.
    ///
    /// Another replica writes the same bytes; what Redis no longer has, an earlier block may have.
    private func keep(_ name: BlockName, _ bytes: [UInt8], in store: any BlockStore) async throws -> [UInt8] {
        while try await !store.create(name.file, bytes) {
            guard let source = try await store.open(name.file) else { continue }
            let present = try await source.read([0..<source.size])[0]
            if present == bytes { return bytes }
            if try await isAsGood(present, as: bytes, name, store) { return present }
            logger.warning(
                .archiveBlockReplaced,
                metadata: [
                    LogKey.path: "\(name)", LogKey.store: "\(store.name)",
                    LogKey.detail: "the block that was there had fewer lists, or was damaged",
                ])
            try await store.remove(name.file)
        }
        return bytes
    }

    private func isAsGood(
        _ present: [UInt8], as bytes: [UInt8], _ name: BlockName, _ store: any BlockStore
    ) async throws -> Bool {
        do {
            try await check(name, present)
            let (old, new) = (try await Block.open(BlockInMemory(present)), try await Block.open(BlockInMemory(bytes)))
            return old.count(.list) >= new.count(.list)
        } catch let damage as BlockDamage {
            tellDamage(name, store, "\(damage)")
            return false
        }
    }

    /// The entry of a block: its name, size and digest, and how many of its minutes are what.
    func draft(_ name: BlockName, _ bytes: [UInt8]) async throws -> EntryDraft {
        let block = try await Block.open(BlockInMemory(bytes))
        return .other([
            ("minute", name.first.description), ("place", name.file), ("bytes", bytes.count),
            ("sha256", Digest.sha256(bytes)), ("minutes", block.count(.list)), ("gaps", block.count(.gap)),
            ("missing", block.count(.missing)),
        ])
    }

    /// Removes a block of an hour once the day that it is in is whole in the same store.
    func remove(hour: BlockName, of day: BlockName, from store: any BlockStore) async throws {
        guard let source = try await store.open(day.file), let own = try await store.open(hour.file) else { return }
        let (whole, part) = (try await Block.open(source), try await Block.open(own))
        let start = Int((hour.first.milliseconds - day.first.milliseconds) / 60_000)
        for minute in 0..<part.minutes {
            let (kept, lost) = (try await whole.info(start + minute), try await part.info(minute))
            guard lost == nil || kept?.digest == lost?.digest else {
                tellDamage(day, store, "it lacks the list of \(hour.first.advanced(byMinutes: minute))")
                return
            }
        }
        try await store.remove(hour.file)
    }

    func tellDamage(_ name: BlockName, _ store: any BlockStore, _ detail: String) {
        logger.warning(
            .archiveBlockDamaged,
            metadata: [LogKey.path: "\(name)", LogKey.store: "\(store.name)", LogKey.detail: "\(detail)"])
    }
}
