import Basics
import Config

/// A moment in UTC, as a provider wants it written: `${today-1d:yyyy-MM-dd}`.
///
/// `today` and `minute` are the day and the minute that are fetched, `now` is the moment of the request.
struct TimePlaceholder: Equatable, Sendable {
    private enum Base: String, CaseIterable {
        case today, minute, now
    }

    /// The first words of such placeholders.
    static var names: [String] { Base.allCases.map(\.rawValue) }

    private enum Field: Equatable {
        case text(String)
        case digits(Unit, width: Int)
    }

    private enum Unit: Equatable {
        case year, month, day, hour, minute, second, millisecond
    }

    private enum Format: Equatable {
        case fields([Field])
        /// Since 1970.
        case seconds, milliseconds
    }

    private let base: Base
    private let offset: Duration
    private let format: Format

    /// Reads `today-1d:yyyy-MM-dd`; offset and format may be missing.
    init(_ expression: String) throws(InvalidText) {
        let sides = expression.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let moment = sides[0]
        let name = moment.prefix { $0.isLetter }
        guard let base = Base(rawValue: String(name)) else {
            throw InvalidText(
                "has ${\(expression)}; what differs between requests is ${today}, ${minute}, ${now}, ${each}, ${token} or ${signature}"
            )
        }
        let shift = moment.dropFirst(name.count)
        var offset = Duration.zero
        if let sign = shift.first {
            guard sign == "+" || sign == "-", let duration = ConfigQuantity.duration(String(shift.dropFirst())) else {
                throw InvalidText("has ${\(expression)}; an offset is written as in ${today-1d} or ${minute+5m}")
            }
            offset = sign == "-" ? .zero - duration : duration
        }
        self.base = base
        self.offset = offset
        format = try sides.count > 1 ? Self.format(String(sides[1])) : Self.usual(base)
    }

    private static func usual(_ base: Base) throws(InvalidText) -> Format {
        try format(base == .today ? "yyyy-MM-dd" : "yyyy-MM-dd'T'HH:mm:ss'Z'")
    }

    /// The letters of Unicode's date patterns (UTS 35) that have digits; other letters stand between apostrophes.
    private static func format(_ pattern: String) throws(InvalidText) -> Format {
        if pattern == "unix" { return .seconds }
        if pattern == "unix_ms" { return .milliseconds }
        var fields: [Field] = []
        var rest = pattern[...]
        while let first = rest.first {
            if first == "'" {
                guard let end = rest.dropFirst().firstIndex(of: "'") else { throw fault(pattern) }
                fields.append(.text(String(rest[rest.index(after: rest.startIndex)..<end])))
                rest = rest[rest.index(after: end)...]
                continue
            }
            let run = rest.prefix { $0 == first }
            rest = rest.dropFirst(run.count)
            switch (first, run.count) {
            case ("y", 4), ("y", 2): fields.append(.digits(.year, width: run.count))
            case ("M", 1...2): fields.append(.digits(.month, width: run.count))
            case ("d", 1...2): fields.append(.digits(.day, width: run.count))
            case ("H", 1...2): fields.append(.digits(.hour, width: run.count))
            case ("m", 1...2): fields.append(.digits(.minute, width: run.count))
            case ("s", 1...2): fields.append(.digits(.second, width: run.count))
            case ("S", 3): fields.append(.digits(.millisecond, width: 3))
            default:
                guard !first.isLetter else { throw fault(pattern) }
                fields.append(.text(String(run)))
            }
        }
        guard !fields.isEmpty else { throw fault(pattern) }
        return .fields(fields)
    }

    private static func fault(_ pattern: String) -> InvalidText {
        InvalidText(
            "has the date format \"\(pattern)\"; formats are unix, unix_ms, or made of yyyy yy MM M dd d HH H mm m ss s SSS, with other letters between apostrophes"
        )
    }

    func text(minute: Minute, now: Timestamp) -> String {
        let time: Timestamp =
            switch base {
            case .today: minute.floored(to: .seconds(86_400)).start + offset
            case .minute: minute.start + offset
            case .now: now + offset
            }
        switch format {
        case .seconds: return "\(time.milliseconds.flooredQuotient(by: 1000))"
        case .milliseconds: return "\(time.milliseconds)"
        case .fields(let fields):
            let date = CivilDate(daysSinceEpoch: Int(time.milliseconds.flooredQuotient(by: 86_400_000)))
            let inDay = Int(time.milliseconds.flooredRemainder(by: 86_400_000))
            return fields.map { field in
                switch field {
                case .text(let text): text
                case .digits(let unit, let width): Self.digits(Self.value(of: unit, date, inDay), width)
                }
            }.joined()
        }
    }

    private static func value(of unit: Unit, _ date: CivilDate, _ inDay: Int) -> Int {
        switch unit {
        case .year: date.year
        case .month: date.month
        case .day: date.day
        case .hour: inDay / 3_600_000
        case .minute: inDay / 60_000 % 60
        case .second: inDay / 1000 % 60
        case .millisecond: inDay % 1000
        }
    }

    /// At least as many digits as the width; of a year of two digits the last ones.
    private static func digits(_ value: Int, _ width: Int) -> String {
        let text = String(value)
        return text.count >= width
            ? String(width == 2 ? text.suffix(2) : text[...]) : String(repeating: "0", count: width - text.count) + text
    }
}
