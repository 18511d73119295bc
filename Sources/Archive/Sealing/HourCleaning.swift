import Basics
import Blocks
import Logging
import Logs
import Tape

/// Removes the blocks of hours that are also part of a day's block.
struct HourCleaning: Sendable {
    let stores: [any BlockStore]
    let logger: Logger

    private static let patience: Duration = .seconds(2 * 86_400)

    /// The hours that can be removed, by day: the store has the day, and it ended at least two days ago.
    static func removable(_ names: some Collection<BlockName>, now: Timestamp) -> [BlockName: [BlockName]] {
        let days = Set(names.filter { $0.minutes == 1440 })
        let hours = names.filter { name in
            let day = BlockName.day(of: name.first)
            return name.minutes == 60 && days.contains(day) && now - day.end.start > patience
        }
        return Dictionary(grouping: hours) { .day(of: $0.first) }
    }

    /// The days of which a store has hours but not the day itself, oldest first.
    static func unfolded(_ names: some Collection<BlockName>, before end: Minute) -> [BlockName] {
        let days = Set(names.filter { $0.minutes == 60 }.map { BlockName.day(of: $0.first) })
        return days.subtracting(names).filter { $0.end <= end }.sorted { $0.first < $1.first }
    }

    /// Removes the hours of days that ended at least two days ago, if the same store's day has all their lists.
    ///
    /// Returns days that cannot replace their hours because they are damaged or lack a list. A store that does not answer is
    /// skipped.
    @discardableResult
    func run(now: Timestamp) async throws -> Set<BlockName> {
        var wanting: Set<BlockName> = []
        for store in stores {
            guard let names = try? await store.blocks().keys else { continue }
            for (day, hours) in Self.removable(names, now: now) {
                do {
                    guard let bytes = try await store.bytes(of: day) else { continue }
                    let whole = try await Block.whole(bytes, as: day)
                    for hour in hours where try await !remove(hour, within: whole, from: store) { wanting.insert(day) }
                } catch let damage as BlockDamage {
                    logger.logDamage(day, store.name, "\(damage)")
                    wanting.insert(day)
                } catch is StoreError {
                    // They can be removed another time.
                }
            }
        }
        return wanting
    }

    /// Returns false if the day lacks one of the hour's lists.
    private func remove(_ hour: BlockName, within day: Block, from store: any BlockStore) async throws -> Bool {
        do {
            guard let source = try await store.open(hour.file) else { return true }
            let own = try await Block.open(source, as: hour)
            let start = Int((hour.first.milliseconds - day.first.milliseconds) / 60_000)
            for minute in 0..<own.minutes {
                let (kept, lost) = (try await day.info(start + minute), try await own.info(minute))
                // A rounded list differs on purpose, and may replace the original.
                guard lost == nil || kept?.digest == lost?.digest || kept?.digits != nil else {
                    let lacked = hour.first.advanced(byMinutes: minute)
                    logger.logDamage(.day(day.first), store.name, "it lacks the list of \(lacked)")
                    return false
                }
            }
        } catch let damage as BlockDamage {
            // Nobody knows what the damaged hour contained, so it is kept for inspection.
            logger.logDamage(hour, store.name, "\(damage)")
            return true
        }
        try await store.remove(hour.file)
        return true
    }
}
