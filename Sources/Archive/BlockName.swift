package import Basics

/// Names a block by the hour or the day that it covers.
package enum BlockName: Hashable, Sendable, CustomStringConvertible {
    /// The hour that begins with the minute.
    case hour(Minute)
    /// The day that begins with the minute, in UTC.
    case day(Minute)

    /// The hour that the minute is in.
    package static func hour(of minute: Minute) -> BlockName { .hour(minute.floored(to: .seconds(3600))) }

    /// The day that the minute is in.
    package static func day(of minute: Minute) -> BlockName { .day(minute.floored(to: .seconds(86_400))) }

    package var first: Minute {
        switch self {
        case .hour(let first), .day(let first): first
        }
    }

    /// How many minutes the block covers.
    package var minutes: Int {
        switch self {
        case .hour: 60
        case .day: 1440
        }
    }

    /// The first minute after the block.
    package var end: Minute { first.advanced(byMinutes: minutes) }

    /// The name that clients use: `2026-11-28T13.tape` or `2026-11-28.tape`.
    package var description: String {
        switch self {
        case .hour(let first): "\(first.description.prefix(13)).tape"
        case .day(let first): "\(first.description.prefix(10)).tape"
        }
    }

    /// The file's path within a store: `2026/11/28/13.tape` or `2026/11/2026-11-28.tape`.
    package var file: String {
        let date = first.description.prefix(10)
        let (year, month, day) = (date.prefix(4), date.dropFirst(5).prefix(2), date.suffix(2))
        switch self {
        case .hour(let first): return "\(year)/\(month)/\(day)/\(first.description.dropFirst(11).prefix(2)).tape"
        case .day: return "\(year)/\(month)/\(date).tape"
        }
    }

    /// Reads what `description` writes; nil for anything else.
    package init?(_ text: String) {
        let stem = text.hasSuffix(".tape") ? String(text.dropLast(5)) : ""
        let isHour = stem.utf8.count == 13
        guard isHour || stem.utf8.count == 10, let first = Minute(isHour ? "\(stem):00Z" : "\(stem)T00:00Z") else {
            return nil
        }
        self = isHour ? .hour(first) : .day(first)
        guard description == text else { return nil }
    }

    /// Reads what `file` writes; nil for anything else.
    package init?(file: String) {
        let parts = file.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let name = parts.count == 4 ? "\(parts[0])-\(parts[1])-\(parts[2])T\(parts[3])" : parts.last ?? ""
        self.init(name)
        guard self.file == file else { return nil }
    }
}
