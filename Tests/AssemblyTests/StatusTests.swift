import Basics
import Tape
import Testing

@testable import Assembly

@Suite struct StatusTests {
    private static let now = Timestamp(milliseconds: 1_795_251_660_000 + 30_000)
    private static let minute = Minute(containing: now)
    private static let hourly: @Sendable (Minute, Minute) -> Int = { first, last in
        Int((last.milliseconds - first.milliseconds) / 60_000) + 1
    }

    private static let stream = StreamStatus(
        name: "price", key: "shop:price", cli: "redis-cli -p 1", retain: .seconds(600), due: hourly,
        patience: .seconds(180))

    private static func id(_ minutesAgo: Int64) -> StreamID { StreamID(minute.advanced(byMinutes: Int(-minutesAgo))) }

    private static func report(_ minutes: [(ago: Int64, gap: String?)]) -> (
        StatusReport.Stream, [StatusReport.Problem]
    ) {
        let survey = StreamSurvey(
            entries: minutes.count, oldest: minutes.last.map { id($0.ago) }, newest: minutes.first.map { id($0.ago) })
        let good = minutes.first { $0.ago >= 0 }.map { id($0.ago) }
        return stream.report(
            survey, minutes.map { SettledMinute(id: id($0.ago), gap: $0.gap) }, good: good, now: now)
    }

    @Test func `counts gaps by their reason, and due minutes that are not there`() {
        let (stream, problems) = Self.report([
            (0, nil), (1, "upstream"), (2, nil), (5, "upstream"), (6, "no-entry"), (7, nil),
        ])
        #expect(stream.gaps == ["upstream": 2, "no-entry": 1] && stream.missing == 2)
        #expect(stream.age == 30 && stream.newestData == "\(Self.minute)")
        #expect(stream.look == "redis-cli -p 1 XREVRANGE 'shop:price' + - COUNT 1")
        #expect(problems.isEmpty)
    }

    @Test func `gaps do not make data young`() {
        let (stream, problems) = Self.report([(0, "upstream"), (1, "upstream"), (4, nil)])
        #expect(stream.age == 270 && stream.newestMinute == "\(Self.minute)")
        #expect(problems.map(\.what) == ["price: its newest data is 4m30s old"])
        #expect(Self.report([(0, "stopped")]).1.map(\.what) == ["price: has had no data for 10m"])
        #expect(Self.report([]).1.map(\.what) == ["price: has no entry yet"])
    }

    @Test func `an entry of the future is told with the lines that take it out`() {
        let (_, problems) = Self.report([(-1440, nil), (-5, nil), (1, nil)])
        #expect(problems.count == 1 && problems[0].what.contains("\(Self.id(-1440)) lies in the future"))
        #expect(
            problems[0].mend == [
                "redis-cli -p 1 XDEL 'shop:price' \(Self.id(-1440)) \(Self.id(-5))",
                "redis-cli -p 1 XSETID 'shop:price' \(Self.id(1))",
            ])
        // Where nothing else is there, there is no id to go back to, and nothing to lose.
        #expect(Self.report([(-1440, nil)]).1[0].mend.last == "redis-cli -p 1 DEL 'shop:price'")
        // Good entries that are older than what was looked through are worth as much.
        let survey = StreamSurvey(entries: 900, oldest: Self.id(900), newest: Self.id(-1440))
        let ahead = [SettledMinute(id: Self.id(-1440), gap: nil)]
        let old = Self.stream.report(survey, ahead, good: Self.id(200), now: Self.now).1
        #expect(old.map(\.mend.last) == ["redis-cli -p 1 XSETID 'shop:price' \(Self.id(200))"])
        // One that was taken out without the second line keeps the stream closed.
        let half = StreamSurvey(
            entries: 2, oldest: Self.id(1), newest: Self.id(0), lastID: Self.id(-1440))
        let left = Self.stream.report(half, [SettledMinute(id: Self.id(0), gap: nil)], good: Self.id(0), now: Self.now)
            .1
        #expect(left.map(\.mend) == [["redis-cli -p 1 XSETID 'shop:price' \(Self.id(0))"]])
    }

    @Test func `minutes that nobody came for are missing, but not those that somebody may be at`() {
        let survey = StreamSurvey(entries: 2, oldest: Self.id(9), newest: Self.id(8))
        let minutes = [8, 9].map { SettledMinute(id: Self.id($0), gap: nil) }
        #expect(Self.stream.report(survey, minutes, good: Self.id(8), now: Self.now).0.missing == 5)
    }

    @Test func `memory is foreseen from what an entry takes and how long it is kept`() throws {
        let feed = MemoryForecast.Bounded(bytes: 1000, entries: 10, most: 120, perDay: 1440, isList: false)
        let lists = MemoryForecast.Bounded(bytes: 500, entries: 5, most: 10_080, perDay: 1440, isList: true)
        var forecast = MemoryForecast(bounded: [feed, lists])
        forecast.add(orders: 6000, since: .seconds(2 * 86_400))
        let report = forecast.report(used: 10_000, limit: 2_000_000)
        #expect(report.boundedBytes == 1500 && report.boundedBytesWhenFull == 100 * 120 + 100 * 10_080)
        #expect(report.listBytesPerDay == 144_000 && report.growthPerDay == 3000)
        let days = try #require(report.daysLeft)
        #expect(abs(days - Double(2_000_000 - 10_000 - (1_020_000 - 1500)) / 3000) < 0.01)
        #expect(forecast.report(used: 10_000, limit: nil).daysLeft == nil)
        // A ledger of this hour is not taken for one that grows by as much every hour.
        var young = MemoryForecast()
        young.add(orders: 6000, since: .seconds(60))
        #expect(young.report(used: 0, limit: nil).growthPerDay == 6000)
        // A history that is kept for ever grows for ever.
        let forever = MemoryForecast.Bounded(bytes: 500, entries: 5, most: nil, perDay: 1440, isList: true)
        #expect(MemoryForecast(bounded: [forever]).report(used: 0, limit: 1_440_000).daysLeft == 10)
    }

    @Test func `the text has a line for each, and what is wrong at its end`() {
        var report = StatusReport(time: Self.now)
        report.streams = [Self.report([(0, nil), (1, "upstream")]).0]
        report.problems = [.init(what: "price: is odd", mend: ["redis-cli PING"])]
        let lines = StatusText(report: report).text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(
            lines.contains { $0.hasPrefix("price   2026-11-21T09:01Z  30s          2        1 upstream  0") },
            "\(lines)")
        #expect(lines.suffix(3) == ["what is wrong:", "  price: is odd", "    redis-cli PING"])
        report.problems = []
        #expect(StatusText(report: report).text.hasSuffix("all is well"))
        #expect(StatusText.size(9_999) == "9999 B" && StatusText.size(165_254_400) == "165 MB")
    }
}
