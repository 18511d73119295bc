import Basics
import Blocks
import Digests

/// Copies into an archive's stores what they lack, or have damaged, out of another archive.
///
/// What is there and whole stays as it is. Nothing is kept that was not decoded, and whose digests were not compared. It can be
/// ended at any time, and run again.
package struct ArchivePull: Sendable {
    private let stores: [any BlockStore]
    private let origin: any BlockOrigin
    private let tell: @Sendable (String) -> Void

    /// `tell` gets a line for each block that is copied, or cannot be.
    package init(
        into stores: [any BlockStore], from origin: any BlockOrigin, tell: @escaping @Sendable (String) -> Void
    ) {
        self.stores = stores.filter { $0.name != origin.name }
        (self.origin, self.tell) = (origin, tell)
    }

    package struct Outcome: Equatable, Sendable {
        /// Copies, and their bytes: a block that goes into two stores counts twice.
        package fileprivate(set) var copied = 0
        package fileprivate(set) var bytes = 0
        /// Those that were there, and whole.
        package fileprivate(set) var present = 0
        /// Blocks that are still missing or damaged, as the origin does not give them whole.
        package fileprivate(set) var failed = 0
        /// Hours between the oldest and the newest that nobody has, as `Hours.lines` tells them.
        package fileprivate(set) var holes: [String] = []
    }

    private enum Need {
        case none, missing, damaged
    }

    /// Throws what the origin's list fails with, and if it has no blocks at all.
    package func run() async throws -> Outcome {
        let offered = try await origin.blocks().sorted {
            ($0.name.first, $0.name.minutes) < ($1.name.first, $1.name.minutes)
        }
        guard !offered.isEmpty else { throw OriginError("\(origin.name) has no blocks") }
        var (stores, names): ([any BlockStore], [Set<BlockName>]) = ([], [])
        var outcome = Outcome()
        for store in self.stores {
            do throws(StoreError) {
                names.append(Set(try await store.blocks().keys))
                stores.append(store)
            } catch {
                // The others get what they lack.
                outcome.failed += 1
                tell("failed: \(error)")
            }
        }
        for block in offered {
            var wanting: [(store: any BlockStore, need: Need)] = []
            for (store, names) in zip(stores, names) {
                let need = try await need(of: block, in: store, names)
                if need == .none { outcome.present += 1 } else { wanting.append((store, need)) }
            }
            guard !wanting.isEmpty else { continue }
            let bytes: [UInt8]
            do {
                bytes = try await checked(block)
            } catch {
                outcome.failed += 1
                tell("failed: \(block.name): \(error)")
                continue
            }
            for (store, need) in wanting {
                if need == .damaged {
                    try await store.replace(block.name.file, bytes)
                } else if try await !store.create(block.name.file, bytes) {
                    continue
                }
                outcome.copied += 1
                outcome.bytes += bytes.count
                tell("copied: \(block.name) to \(store.name)\(need == .damaged ? ", in place of a damaged one" : "")")
            }
        }
        for store in stores { try await removeDamagedHours(store) }
        let there = Hours.covered(by: names.reduce(Set(offered.map(\.name))) { $0.union($1) })
        if let first = there.min(), let last = there.max() {
            outcome.holes = Hours.lines(Hours.all(from: first, to: last).filter { !there.contains($0) })
        }
        return outcome
    }

    private func need(of block: OfferedBlock, in store: any BlockStore, _ names: Set<BlockName>) async throws -> Need {
        guard names.contains(block.name) else {
            switch block.name {
            // The day that it is in is there; or the archive worker will make the day out of its hours.
            case .hour(let hour): return names.contains(.day(of: hour)) ? .none : .missing
            case .day(let day):
                let hours = (0..<24).map { BlockName.hour(day.advanced(byMinutes: $0 * 60)) }
                guard hours.allSatisfy(names.contains) else { return .missing }
                for hour in hours where try await !isWhole(hour, in: store) { return .missing }
                return .none
            }
        }
        guard let bytes = try await store.bytes(of: block.name) else { return .missing }
        do {
            if let sha256 = block.sha256, Digest.sha256(bytes) == sha256 { return .none }
            _ = try await Block.whole(bytes, as: block.name)
            if block.sha256 != nil {
                tell("left: \(block.name) in \(store.name) is whole, and another one than that of \(origin.name)")
            }
            return .none
        } catch is BlockDamage {
            return .damaged
        }
    }

    private func isWhole(_ name: BlockName, in store: any BlockStore) async throws -> Bool {
        guard let bytes = try await store.bytes(of: name) else { return false }
        do {
            _ = try await Block.whole(bytes, as: name)
            return true
        } catch is BlockDamage {
            return false
        }
    }

    /// Removes damaged hours of days that the store has whole: nothing is lost with them.
    private func removeDamagedHours(_ store: any BlockStore) async throws {
        let names = Set(try await store.blocks().keys)
        for hour in names.filter({ $0.minutes == 60 && names.contains(.day(of: $0.first)) }).sorted(by: {
            $0.first < $1.first
        }) where try await !isWhole(hour, in: store) {
            guard try await isWhole(.day(of: hour.first), in: store) else { continue }
            try await store.remove(hour.file)
            tell(
                "removed: \(hour) from \(store.name): it is damaged, and \(BlockName.day(of: hour.first)) has it whole")
        }
    }

    /// The bytes of the origin's block; throws if they are not what it should be.
    private func checked(_ block: OfferedBlock) async throws -> [UInt8] {
        let bytes = try await origin.bytes(of: block)
        if let sha256 = block.sha256, Digest.sha256(bytes) != sha256 {
            throw OriginError("what \(origin.name) gives is not what it tells of: its SHA-256 differs")
        }
        _ = try await Block.whole(bytes, as: block.name)
        return bytes
    }
}
