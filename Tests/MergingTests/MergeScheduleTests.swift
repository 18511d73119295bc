import Basics
import Config
import Testing

@testable import Merging

struct MergeScheduleTests {
    /// The source as a config would have it.
    private static func source(_ fields: String) throws -> SourceSettings {
        let context = ConfigContext(file: "", environment: [:])
        let reader = try #require(context.reader(of: Array(#"{"name":"a","streams":["a"],\#(fields)}"#.utf8)))
        return try #require(SourceSettings(reading: reader), "\(context.issues)")
    }

    /// Minutes since 1970.
    private static func due(atOrAfter number: Int64, _ sources: [SourceSettings]) -> Int64 {
        let minute = Minute(containing: Timestamp(milliseconds: number * 60_000))
        return MergeSchedule.due(atOrAfter: minute, sources).milliseconds / 60_000
    }

    @Test func `sources of every minute are due every minute`() throws {
        let source = try Self.source(#""every":"60s","margin":"0s""#)
        #expect(Self.due(atOrAfter: 101, [source, source]) == 101)
    }

    @Test func `a slow source within its margin is due too`() throws {
        let slow = try Self.source(#""every":"15m","margin":"2m""#)
        let quick = try Self.source(#""every":"60s","margin":"60s""#)
        let due = (Int64(90)...106).map { Self.due(atOrAfter: $0, [quick, slow]) }
        #expect(due == [90, 91, 92] + Array(repeating: 105, count: 13) + [106])
    }

    @Test func `several slow sources are due together`() throws {
        let two = try Self.source(#""every":"2m","margin":"0s""#)
        let three = try Self.source(#""every":"3m","margin":"0s""#)
        #expect(Self.due(atOrAfter: 601, [two, three]) == 606)
    }

    @Test func `an optional source is not waited for`() throws {
        let slow = try Self.source(#""every":"1h","margin":"0s","optional":true"#)
        let quick = try Self.source(#""every":"60s""#)
        #expect(Self.due(atOrAfter: 61, [quick, slow]) == 61)
    }

    @Test func `a margin as long as the period leaves no minute out`() throws {
        let slow = try Self.source(#""every":"1d","margin":"1d""#)
        #expect(Self.due(atOrAfter: 1439, [slow]) == 1439)
    }
}
