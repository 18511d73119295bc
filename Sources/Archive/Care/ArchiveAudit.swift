import Basics
import Blocks
import Digests
import Redis
package import Tape

/// Checks all stores of an archive, and compares them with each other and with the entries in Redis.
///
/// It only reads. One block is in memory at a time.
package struct ArchiveAudit: Sendable {
    /// One line of the audit's output.
    package enum Finding: Equatable, Sendable {
        /// What a store holds.
        case account(String)
        /// Worth knowing, but it needs no action, or none is possible.
        case note(String)
        /// A problem, with what to do about it.
        case wrong(String)
    }

    private let stores: [any BlockStore]
    private let hours: StreamReader
    private let days: StreamReader
    private let isDeep: Bool
    private let report: @Sendable (Finding) -> Void

    /// `isDeep` decodes every list and compares its digest; `report` is called with each finding as soon as it is made.
    package init(
        stores: [any BlockStore], hours: StreamReader, days: StreamReader, isDeep: Bool,
        report: @escaping @Sendable (Finding) -> Void
    ) {
        (self.stores, self.hours, self.days) = (stores, hours, days)
        (self.isDeep, self.report) = (isDeep, report)
    }

    /// The blocks that a store lists.
    private struct Shelf {
        let store: any BlockStore
        let names: Set<BlockName>
        let hours: Set<Minute>
    }

    package func run() async {
        let shelves = await shelves()
        let entries = await entries()
        let names = shelves.reduce(into: Set<BlockName>()) { $0.formUnion($1.names) }
        compare(shelves, entries, names)
        var (unknown, rounded): ([BlockName], [BlockName]) = ([], [])
        var fewest: Int?
        for name in names.sorted(by: { ($0.first, $0.minutes) < ($1.first, $1.minutes) }) {
            let shelves = shelves.filter { $0.names.contains(name) }
            if let digits = await compareCopies(of: name, in: shelves, entries.blocks[name] ?? nil) {
                rounded.append(name)
                fewest = min(fewest ?? digits, digits)
            }
            // A day's hours may still have their own entries, or no longer have any.
            if entries.blocks[name] == nil { unknown.append(name) }
        }
        if let fewest, let first = rounded.first, let last = rounded.last {
            report(.note("\(rounded.count) blocks, \(first) to \(last), are rounded to \(fewest) digits or more"))
        }
        guard let first = unknown.first, entries.wereRead else { return }
        if entries.blocks.isEmpty, entries.gaps.isEmpty {
            report(.note("Redis has no entry of any block: cointape archive adopt publishes them"))
        } else {
            report(
                .note(
                    "Redis has no entry of \(unknown.count) blocks, the first \(first): there is nothing to compare them with"
                ))
        }
    }

    private func shelves() async -> [Shelf] {
        var shelves: [Shelf] = []
        for store in stores {
            do throws(StoreError) {
                let blocks = try await store.blocks()
                let names = Set(blocks.keys)
                shelves.append(Shelf(store: store, names: names, hours: Hours.covered(by: names)))
                let days = names.count { $0.minutes == 1440 }
                let bytes = blocks.values.reduce(0, +)
                report(
                    .account(
                        "\(store.name): \(Self.count(days, "day")), \(Self.count(names.count - days, "hour")), \(bytes) bytes"
                    ))
            } catch {
                report(.wrong("\(error): nothing of this store was looked at"))
            }
        }
        return shelves
    }

    private func entries() async -> ArchiveEntries {
        do {
            return try await ArchiveEntries(hours: hours, days: days)
        } catch {
            report(.wrong("the entries cannot be read: \((error as? RedisError)?.message ?? "\(error)")"))
            return ArchiveEntries()
        }
    }

    // MARK: Missing blocks

    private func compare(_ shelves: [Shelf], _ entries: ArchiveEntries, _ names: Set<BlockName>) {
        let there = Hours.covered(by: names)
        let told = Hours.covered(by: entries.blocks.keys)
        let settled = Hours.covered(by: entries.gaps.keys.filter { $0.minutes == 60 })
        guard let first = there.union(told).min(), let last = there.union(told).max() else {
            report(.note("there is no block yet"))
            return
        }
        let absent = Hours.all(from: first, to: last).filter { !there.contains($0) }
        for run in Hours.lines(absent.filter { told.contains($0) }) {
            report(
                .wrong(
                    "\(run): lost: Redis tells of it, and no store has it; if another host has it: cointape archive pull"
                ))
        }
        for run in Hours.lines(absent.filter { !told.contains($0) && settled.contains($0) }) {
            report(.note("\(run): a hole: its entry is a gap; if another host has it: cointape archive pull"))
        }
        for run in Hours.lines(absent.filter { !told.contains($0) && !settled.contains($0) }) {
            report(.note("\(run): a hole: nothing tells of it; if another host has it: cointape archive pull"))
        }
        for day in entries.blocks.keys.filter({ $0.minutes == 1440 && !names.contains($0) }).sorted(by: {
            $0.first < $1.first
        }) where Hours.covered(by: [day]).isSubset(of: there) {
            report(
                .wrong(
                    "\(day): lost: Redis tells of it, and the stores have its hours only; if another host has it: cointape archive pull"
                ))
        }
        for shelf in shelves {
            let lacking = there.subtracting(shelf.hours)
            for run in Hours.lines(lacking) {
                report(
                    .wrong(
                        "\(run): \(shelf.store.name) lacks it; cointape archive pull \(other(than: shelf, shelves, lacking))"
                    ))
            }
        }
    }

    /// The store from which most of these hours can be copied.
    private func other(than shelf: Shelf, _ shelves: [Shelf], _ hours: Set<Minute>) -> String {
        let others = shelves.filter { $0.store.name != shelf.store.name }
        return others.max { $0.hours.intersection(hours).count < $1.hours.intersection(hours).count }?.store.name ?? ""
    }

    // MARK: Present blocks

    private enum Condition {
        /// With its digest.
        case whole(String)
        /// The block has fewer digits than its lists had when they were stored.
        case rounded(Int)
        case damaged(String)
        case unreadable(String)
    }

    /// Returns to how many digits the block is rounded, nil if no store has it rounded.
    private func compareCopies(of name: BlockName, in shelves: [Shelf], _ entry: ArchiveEntries.Entry?) async -> Int? {
        var digits: Int?
        var found: [(store: String, condition: Condition)] = []
        for shelf in shelves { found.append((shelf.store.name, await condition(of: name, in: shelf.store, entry))) }
        let whole = found.compactMap { found -> (store: String, digest: String)? in
            if case .whole(let digest) = found.condition { (found.store, digest) } else { nil }
        }
        for (store, condition) in found {
            switch condition {
            case .damaged(let why):
                let source = whole.first?.store ?? "SOURCE, another host or store that has it"
                report(.wrong("\(name): damaged in \(store): \(why); cointape archive pull \(source)"))
            case .unreadable(let why): report(.wrong("\(name): cannot be read: \(why)"))
            case .rounded(let own): digits = min(digits ?? own, own)
            case .whole: break
            }
        }
        for (store, digest) in whole where entry.map({ $0.sha256 != digest }) ?? false {
            report(
                .wrong(
                    "\(name): in \(store) it is another one than its entry tells of (\(digest.prefix(8)), not \(entry?.sha256.prefix(8) ?? "")); "
                        + "remove the file if another host or store has the right one, then cointape archive pull"))
        }
        if let first = whole.first, let other = whole.first(where: { $0.digest != first.digest }) {
            report(
                .wrong(
                    "\(name): \(first.store) and \(other.store) have different ones; remove the file that has fewer lists, "
                        + "then cointape archive pull the other store"))
        }
        return digits
    }

    private func condition(
        of name: BlockName, in store: any BlockStore, _ entry: ArchiveEntries.Entry?
    ) async -> Condition {
        do {
            guard let bytes = try await store.bytes(of: name) else { return .damaged("it is gone") }
            let digest = Digest.sha256(bytes)
            let block = try await Block.open(BlockInMemory(bytes), as: name)
            // If the block differs from its entry, the damage may only show in decoding.
            if isDeep || entry.map({ $0.sha256 != digest }) ?? false { try await block.verify() }
            // A rounded block differs from its entry, and from copies in other stores that are not rounded yet.
            if let digits = try await block.digits() { return .rounded(digits) }
            return .whole(digest)
        } catch let damage as BlockDamage {
            return .damaged("\(damage)")
        } catch {
            return .unreadable("\(error)")
        }
    }

    private static func count(_ count: Int, _ what: String) -> String { "\(count) \(what)\(count == 1 ? "" : "s")" }
}
