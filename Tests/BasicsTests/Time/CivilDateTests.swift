import Basics
import Foundation
import Testing

struct CivilDateTests {
    private static let calendar: Calendar = {
        var calendar = Calendar(identifier: .iso8601)
        calendar.timeZone = .gmt
        return calendar
    }()

    @Test func `a day number is the date that Foundation has for it`() throws {
        // From 1600, behind the Gregorian reform that Foundation knows and the proleptic calendar does not, to 2600.
        for days in stride(from: -135_140, through: 230_000, by: 17) {
            let instant = Date(timeIntervalSince1970: Double(days) * 86_400)
            let expected = Self.calendar.dateComponents([.year, .month, .day], from: instant)
            let date = CivilDate(daysSinceEpoch: days)
            try #require(date.year == expected.year && date.month == expected.month && date.day == expected.day)
        }
    }

    @Test func `a date and its day number are one`() throws {
        for days in -800_000...800_000 {
            let date = CivilDate(daysSinceEpoch: days)
            try #require(date.daysSinceEpoch == days)
            try #require(CivilDate(year: date.year, month: date.month, day: date.day) == date)
        }
    }

    @Test(arguments: [
        (1970, 1, 1, 0), (1969, 12, 31, -1), (2000, 2, 29, 11_016), (2026, 11, 21, 20_778), (0, 3, 1, -719_468),
        (-1, 12, 31, -719_529), (9999, 12, 31, 2_932_896),
    ])
    func `known dates have known day numbers`(year: Int, month: Int, day: Int, number: Int) throws {
        let date = try #require(CivilDate(year: year, month: month, day: day))
        #expect(date.daysSinceEpoch == number)
        #expect(CivilDate(daysSinceEpoch: number) == date)
    }

    @Test(arguments: [
        (2026, 2, 29), (1900, 2, 29), (2024, 2, 30), (2026, 4, 31), (2026, 13, 1), (2026, 0, 1), (2026, 1, 0),
        (2026, 1, 32), (2026, 1, -1),
    ])
    func `a date that does not exist is none`(year: Int, month: Int, day: Int) {
        #expect(CivilDate(year: year, month: month, day: day) == nil)
    }

    @Test(arguments: [(7, 3, 2), (-7, 3, -3), (-6, 3, -2), (0, 3, 0), (-1, 60_000, -1)])
    func `quotients are rounded down`(dividend: Int, divisor: Int, quotient: Int) {
        #expect(dividend.flooredQuotient(by: divisor) == quotient)
    }
}
