import Basics
import Blocks
import Logging
import Logs
import NIOPosix
import Tape

/// Rewrites old days with fewer decimal digits.
struct DayRounding: Sendable {
    let digits: ArchiveConfig.Digits
    let stores: [any BlockStore]
    let logger: Logger

    /// The days in any store that are old enough, oldest first; stores that do not answer are skipped.
    func due(now: Timestamp) async -> [BlockName] {
        var days: Set<BlockName> = []
        for store in stores {
            guard let names = try? await store.blocks().keys else { continue }
            days.formUnion(names.filter { $0.minutes == 1440 && now - $0.end.start > digits.after })
        }
        return days.sorted { $0.first < $1.first }
    }

    /// Rounds the day in each store that has it with more digits; returns false if a store does not answer.
    ///
    /// A damaged block is reported, and stays as it is.
    func run(_ day: BlockName) async throws -> Bool {
        var isEverywhere = true
        for store in stores {
            do {
                try await rewrite(day, in: store)
            } catch let damage as BlockDamage {
                logger.logDamage(day, store.name, "\(damage)")
            } catch is StoreError {
                isEverywhere = false
            }
        }
        return isEverywhere
    }

    private func rewrite(_ day: BlockName, in store: any BlockStore) async throws {
        guard let bytes = try await store.bytes(of: day) else { return }
        let block = try await Block.open(BlockInMemory(bytes), as: day)
        guard try await hasMore(block) else { return }
        let contents = try await rounded(block)
        let made = try await NIOThreadPool.singleton.runIfActive { contents.bytes }
        _ = try await Block.whole(made, as: day)
        try await store.replace(day.file, made)
        logger.info(
            .archiveRounded,
            metadata: [
                LogKey.path: "\(day)", LogKey.store: "\(store.name)",
                LogKey.detail:
                    "\(digits.significant.count) significant digits, \(bytes.count) bytes became \(made.count)",
            ])
    }

    /// Whether any list may have more digits than configured.
    private func hasMore(_ block: Block) async throws -> Bool {
        for minute in 0..<block.minutes {
            guard let info = try await block.info(minute) else { continue }
            guard let own = info.digits, own <= digits.significant.count else { return true }
        }
        return false
    }

    /// Works hour by hour, because all lists of a day take too much memory.
    private func rounded(_ block: Block) async throws -> BlockContents {
        var whole = BlockContents(first: block.first, [], key: Sealer.key)
        for start in stride(from: 0, to: block.minutes, by: 60) {
            let known = try await block.minutes(start..<start + 60)
            let minutes = (0..<60).map { offset -> BlockMinute in
                switch known[offset] {
                case .list(let list)?: .list(digits.significant.reduced(list))
                case let other?: other
                case nil: .missing
                }
            }
            whole.append(
                BlockContents(first: block.first.advanced(byMinutes: start), minutes, key: Sealer.key))
        }
        return whole
    }
}
