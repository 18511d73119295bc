import Basics

/// Which blocks of hours may go: a store has the day that they are in, and the day ended two days ago.
enum HourCleaning {
    private static let patience: Duration = .seconds(2 * 86_400)

    static func removable(_ files: [StoredFile], now: Timestamp) -> [(hour: BlockName, day: BlockName)] {
        let names = files.compactMap { BlockName(file: $0.name) }
        let days = Set(names.filter { $0.minutes == 1440 })
        return names.compactMap { name in
            let day = BlockName.day(of: name.first)
            guard case .hour = name, days.contains(day), now - day.end.start > patience else { return nil }
            return (name, day)
        }
    }
}
