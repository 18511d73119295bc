import Basics

/// Which blocks of hours may go: a store has the day that they are in, and the day ended two days ago.
enum HourCleaning {
    private static let patience: Duration = .seconds(2 * 86_400)

    static func removable(_ files: [StoredFile], now: Timestamp) -> [BlockName: [BlockName]] {
        let names = files.compactMap { BlockName(file: $0.name) }
        let days = Set(names.filter { $0.minutes == 1440 })
        let hours = names.filter { name in
            let day = BlockName.day(of: name.first)
            return name.minutes == 60 && days.contains(day) && now - day.end.start > patience
        }
        return Dictionary(grouping: hours) { .day(of: $0.first) }
    }

    /// The days of which a store has hours and not the whole, the oldest first.
    static func unfolded(_ files: [StoredFile], before end: Minute) -> [BlockName] {
        let names = files.compactMap { BlockName(file: $0.name) }
        let days = Set(names.filter { $0.minutes == 60 }.map { BlockName.day(of: $0.first) })
        return days.subtracting(names).filter { $0.end <= end }.sorted { $0.first < $1.first }
    }
}
