import Basics
import Blocks
import Digests

/// Copies blocks from another archive into stores that lack them or have damaged ones.
///
/// Whole blocks stay as they are. A block is only stored after it was decoded and its digests were compared. A pull can be
/// interrupted at any time and run again.
package struct ArchivePull: Sendable {
    private let stores: [any BlockStore]
    private let origin: any BlockOrigin
    private let report: @Sendable (String) -> Void

    /// `report` is called with a line for each block that is copied or cannot be copied.
    package init(
        into stores: [any BlockStore], from origin: any BlockOrigin, report: @escaping @Sendable (String) -> Void
    ) {
        self.stores = stores.filter { $0.name != origin.name }
        (self.origin, self.report) = (origin, report)
    }

    package struct Outcome: Equatable, Sendable {
        /// Copies, and their bytes: a block that is copied to two stores counts twice.
        package fileprivate(set) var copied = 0
        package fileprivate(set) var bytes = 0
        /// Blocks that the stores already had.
        package fileprivate(set) var present = 0
        /// Blocks that are still missing or damaged because the origin does not deliver them whole.
        package fileprivate(set) var failed = 0
        /// Hours between the oldest and the newest that neither side has, formatted by `Hours.lines`.
        package fileprivate(set) var holes: [String] = []
    }

    private enum Need {
        case none, missing, damaged
    }

    /// Throws if the origin cannot be listed, or has no blocks at all.
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
                // The other stores still get what they lack.
                outcome.failed += 1
                report("failed: \(error)")
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
                report("failed: \(block.name): \(error)")
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
                report("copied: \(block.name) to \(store.name)\(need == .damaged ? ", in place of a damaged one" : "")")
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
            // Either the store has the whole day, or the archive worker will build it from its hours.
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
                report("left: \(block.name) in \(store.name) is whole, and another one than that of \(origin.name)")
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

    /// Removes damaged hours whose day the store has whole, so nothing is lost.
    private func removeDamagedHours(_ store: any BlockStore) async throws {
        let names = Set(try await store.blocks().keys)
        for hour in names.filter({ $0.minutes == 60 && names.contains(.day(of: $0.first)) }).sorted(by: {
            $0.first < $1.first
        }) where try await !isWhole(hour, in: store) {
            guard try await isWhole(.day(of: hour.first), in: store) else { continue }
            try await store.remove(hour.file)
            report(
                "removed: \(hour) from \(store.name): it is damaged, and \(BlockName.day(of: hour.first)) has it whole")
        }
    }

    /// Returns the bytes of the origin's block; throws if they fail the checks.
    private func checked(_ block: OfferedBlock) async throws -> [UInt8] {
        let bytes = try await origin.bytes(of: block)
        if let sha256 = block.sha256, Digest.sha256(bytes) != sha256 {
            throw OriginError("what \(origin.name) gives is not what it tells of: its SHA-256 differs")
        }
        _ = try await Block.whole(bytes, as: block.name)
        return bytes
    }
}
