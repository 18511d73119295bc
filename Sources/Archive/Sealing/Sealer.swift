import Basics
import Blocks
import Digests
import Logging
import Logs
import NIOPosix
import Tape
import TopLists

/// Builds blocks, and keeps the same block in all stores.
///
/// A store that does not answer does not hold up the others: it is reported, and gets the block when it is built again. What a
/// store already has of an hour takes precedence over Redis: blocks never change, and Redis may have lost its data.
struct Sealer: Sendable {
    /// Reads an hour from Redis, except for the minutes that are already known.
    typealias Reading = @Sendable (_ hour: Minute, _ known: [Int: BlockMinute]) async throws -> [BlockMinute]

    let stores: [any BlockStore]
    let logger: Logger

    /// The title of the column by which a coin is found.
    static let key = ColumnTitle.id

    /// A block that at least one store keeps.
    struct Kept {
        /// The draft of the block's entry.
        let draft: EntryDraft
        /// Whether every store has it.
        let isEverywhere: Bool
    }

    /// A file that a store has.
    private struct Present {
        let bytes: [UInt8]
        /// Decoded and verified; nil if the file is damaged.
        let block: Block?
    }

    /// What a store has under a name.
    private enum StoreContent {
        case file(Present)
        case nothing
        case noAnswer(StoreError)

        var present: Present? {
            if case .file(let present) = self { present } else { nil }
        }
    }

    // MARK: Hours and days

    /// Builds the block of an hour, and keeps it in all stores that answer; throws if none does.
    func seal(_ hour: Minute, _ reading: Reading) async throws -> Kept {
        try await keep(.hour(hour)) { present in
            let blocks = present.compactMap(\.block)
            let minutes = try await minutes(of: hour, in: blocks + opened(.day(of: hour)), reading)
            return try await encode { BlockContents(first: hour, minutes, key: Self.key) }
        }
    }

    /// Builds the block of a day from those of its hours, and keeps it in all stores that answer; throws if none does.
    ///
    /// The minutes of an hour that neither a store nor Redis has are missing.
    func fold(_ day: Minute, _ reading: Reading) async throws -> Kept {
        try await keep(.day(day)) { present in
            let blocks = present.compactMap(\.block)
            var whole = BlockContents(first: day, [], key: Self.key)
            for number in 0..<24 {
                whole.append(try await contents(of: day.advanced(byMinutes: number * 60), blocks, reading))
            }
            return try await encode { [whole] in whole }
        }
    }

    /// An hour of a day that is being built.
    private func contents(of hour: Minute, _ days: [Block], _ reading: Reading) async throws -> BlockContents {
        let present = try await readStores(.hour(hour)).compactMap(\.present)
        let blocks = present.compactMap(\.block)
        if let block = blocks.first(where: { $0.count(.missing) == 0 }) { return try await block.contents() }
        let minutes = try await minutes(of: hour, in: blocks + days, reading)
        // It is better to have no day than one that lacks data.
        if present.contains(where: { $0.block == nil }), minutes.contains(.missing) {
            let name = BlockName.hour(hour)
            throw BlockDamage(
                "\(name) is damaged in every store that has it, and Redis lacks its lists: remove it to go on")
        }
        return BlockContents(first: hour, minutes, key: Self.key)
    }

    /// The minutes of an hour from the blocks, and the rest from Redis.
    private func minutes(of hour: Minute, in blocks: [Block], _ reading: Reading) async throws -> [BlockMinute] {
        var known: [Int: BlockMinute] = [:]
        for block in blocks {
            let start = Int((hour.milliseconds - block.first.milliseconds) / 60_000)
            do {
                known.merge(try await block.minutes(start..<start + 60)) { $0.isList ? $0 : $1 }
            } catch let damage as BlockDamage {
                logger.warning(
                    .archiveBlockDamaged,
                    metadata: [LogKey.path: "\(BlockName.hour(hour))", LogKey.detail: "\(damage)"])
            }
        }
        let minutes = try await reading(hour, known.filter(\.value.isList))
        return minutes.enumerated().map { $1 == .missing ? known[$0] ?? .missing : $1 }
    }

    private func encode(_ contents: @escaping @Sendable () -> BlockContents) async throws -> [UInt8] {
        try await NIOThreadPool.singleton.runIfActive { contents().bytes }
    }

    // MARK: Files

    /// Keeps a block in all stores that lack it or whose copy lacks something.
    ///
    /// `make` gets what the stores have, and is called again if a store gets another file meanwhile.
    private func keep(_ name: BlockName, _ make: ([Present]) async throws -> [UInt8]) async throws -> Kept {
        while true {
            let contents = try await readStores(name)
            let present = contents.compactMap(\.present)
            let made = try await make(present)
            let block = try await Block.whole(made, as: name)
            // A block that already has everything is kept, not replaced.
            var bytes = made
            for own in present where try await own.block?.hasAll(of: block) == true {
                bytes = own.bytes
                break
            }
            var isOther = false
            var failures: [(store: any BlockStore, error: StoreError)] = []
            for (store, content) in zip(stores, contents) {
                do throws(StoreError) {
                    if case .noAnswer(let error) = content { throw error }
                    isOther = try await !keep(name, bytes, in: store, over: content.present) || isOther
                } catch {
                    failures.append((store, error))
                }
            }
            if isOther { continue }
            if failures.count == stores.count, let first = failures.first { throw first.error }
            for failure in failures { logBehind(name, failure.store, failure.error) }
            return Kept(draft: try await draft(name, bytes), isEverywhere: failures.isEmpty)
        }
    }

    /// Returns false if the store got a different file in the meantime.
    private func keep(
        _ name: BlockName, _ bytes: [UInt8], in store: any BlockStore, over present: Present?
    ) async throws(StoreError) -> Bool {
        guard let present else {
            if try await store.create(name.file, bytes) { return true }
            return try await store.bytes(of: name) == bytes
        }
        guard present.bytes != bytes else { return true }
        try await store.replace(name.file, bytes)
        logger.warning(
            .archiveBlockReplaced,
            metadata: [
                LogKey.path: "\(name)", LogKey.store: "\(store.name)",
                LogKey.detail: "the block that was there lacked lists, or was damaged",
            ])
        return true
    }

    /// Reads the file of each store; damaged files are reported.
    private func readStores(_ name: BlockName) async throws -> [StoreContent] {
        var contents: [StoreContent] = []
        for store in stores {
            let bytes: [UInt8]
            do throws(StoreError) {
                guard let own = try await store.bytes(of: name) else {
                    contents.append(.nothing)
                    continue
                }
                bytes = own
            } catch {
                contents.append(.noAnswer(error))
                continue
            }
            do {
                contents.append(.file(Present(bytes: bytes, block: try await Block.whole(bytes, as: name))))
            } catch let damage as BlockDamage {
                logDamage(name, store, "\(damage)")
                contents.append(.file(Present(bytes: bytes, block: nil)))
            }
        }
        return contents
    }

    /// Opens the block in each store, reading only its outline; damage is reported.
    private func opened(_ name: BlockName) async throws -> [Block] {
        var blocks: [Block] = []
        for store in stores {
            do {
                guard let source = try await store.open(name.file) else { continue }
                blocks.append(try await Block.open(source, as: name))
            } catch let damage as BlockDamage {
                logDamage(name, store, "\(damage)")
            } catch is StoreError {
                // The failure is reported when the block is kept.
            }
        }
        return blocks
    }

    /// Whether a store has neither the hour nor its day; throws if a store does not answer.
    func lacks(hour: Minute) async throws(StoreError) -> Bool {
        for store in stores {
            if try await store.open(BlockName.hour(hour).file) != nil { continue }
            if try await store.open(BlockName.day(of: hour).file) == nil { return true }
        }
        return false
    }

    /// The entry of the whole block with most lists; nil if no store has the block whole.
    func draft(_ name: BlockName) async throws -> EntryDraft? {
        let present = try await readStores(name).compactMap(\.present).filter { $0.block != nil }
        let best = present.max { ($0.block?.count(.list) ?? 0) < ($1.block?.count(.list) ?? 0) }
        guard let best else { return nil }
        return try await draft(name, best.bytes)
    }

    /// The entry of a block: its name, size and digest, and how many of its minutes have a list, are gaps or are missing.
    private func draft(_ name: BlockName, _ bytes: [UInt8]) async throws -> EntryDraft {
        let block = try await Block.open(BlockInMemory(bytes))
        return .other([
            ("minute", name.first.description), ("place", name.file), ("bytes", bytes.count),
            ("sha256", Digest.sha256(bytes)), ("minutes", block.count(.list)), ("gaps", block.count(.gap)),
            ("missing", block.count(.missing)),
        ])
    }

    private func logBehind(_ name: BlockName, _ store: any BlockStore, _ error: StoreError) {
        logger.warning(
            .archiveStoreBehind,
            metadata: [LogKey.path: "\(name)", LogKey.store: "\(store.name)", LogKey.detail: "\(error)"])
    }

    private func logDamage(_ name: BlockName, _ store: any BlockStore, _ detail: String) {
        logger.logDamage(name, store.name, detail)
    }
}

extension Logger {
    /// Logs that a block is damaged.
    func logDamage(_ name: BlockName, _ store: String, _ detail: String) {
        warning(
            .archiveBlockDamaged,
            metadata: [LogKey.path: "\(name)", LogKey.store: "\(store)", LogKey.detail: "\(detail)"])
    }
}

extension BlockMinute {
    fileprivate var isList: Bool {
        if case .list = self { true } else { false }
    }
}

extension Block {
    /// The lists and gaps of a range of minutes, by their offsets in the range.
    func minutes(_ range: Range<Int>) async throws -> [Int: BlockMinute] {
        var minutes: [Int: BlockMinute] = [:]
        for minute in range {
            guard let gap = try await gap(minute) else { continue }
            minutes[minute - range.lowerBound] = .gap(code: gap.code, detail: gap.detail)
        }
        try await lists(from: range.lowerBound, upTo: range.upperBound) { minute, csv in
            guard let info = try await info(minute) else { return }
            let list = BlockList(csv: csv, columns: info.columns, count: info.count, fields: info.fields)
            guard list.digest == info.digest else {
                throw BlockDamage("a list is not what was written: its SHA-256 differs")
            }
            minutes[minute - range.lowerBound] = .list(list)
        }
        return minutes
    }

    /// Whether this block has every list of the other one, and no missing minute that the other one knows.
    fileprivate func hasAll(of other: Block) async throws -> Bool {
        for minute in 0..<minutes {
            if kind(minute) == .missing, other.kind(minute) != .missing { return false }
            let (own, digest) = (try await info(minute)?.digest, try await other.info(minute)?.digest)
            guard digest == nil || own == digest else { return false }
        }
        return true
    }
}
