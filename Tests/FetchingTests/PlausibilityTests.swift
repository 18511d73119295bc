import Basics
import Tape
import Testing

@testable import Fetching

@Suite struct PlausibilityTests {
    private let minute = Minute(containing: Timestamp(milliseconds: 1_795_251_660_000))

    private enum Verdict: Equatable {
        case publish(marks: [String])
        case refuse(String)

        init(_ marks: () throws(FetchFailure) -> [ListMark]) {
            do {
                self = .publish(marks: try marks().map(\.rawValue))
            } catch {
                self = .refuse("\(error.code.rawValue): \(error.detail)")
            }
        }
    }

    private func verdict(
        _ count: Int, asOf: Int64? = nil, after previous: (count: Int, minutesAgo: Int, asOf: Int64?)?,
        every: Duration = .seconds(60), sha256: String = "new", maximumAge: Duration? = nil
    ) -> Verdict {
        func time(_ seconds: Int64?) -> Timestamp? { seconds.map { minute.start + .seconds($0) } }
        let published = previous.map {
            PublishedRows(
                minute: minute.advanced(byMinutes: -$0.minutesAgo), count: $0.count, sha256: "old", asOf: time($0.asOf))
        }
        return Verdict { () throws(FetchFailure) in
            try Plausibility(minute: minute, every: every, previous: published, maximumAge: maximumAge)
                .marks(count: count, sha256: sha256, asOf: time(asOf), fetchedAt: minute.start + .seconds(2))
        }
    }

    private func isRefused(_ verdict: Verdict) -> Bool {
        if case .refuse = verdict { true } else { false }
    }

    @Test func `the first list is taken as it is, and so is one of about the same size`() {
        #expect(verdict(1, after: nil) == .publish(marks: []))
        #expect(verdict(50, after: (100, 1, nil)) == .publish(marks: []))
        #expect(verdict(1000, after: (100, 1, nil)) == .publish(marks: []))
    }

    @Test func `a list that has lost more than half is refused for ten due minutes, then published and marked`() {
        #expect(
            verdict(49, after: (100, 1, nil))
                == .refuse(
                    "bad-payload: 49 rows, after 100 at 2026-11-21T09:00Z: refused until it has been so for 10 due minutes"
                )
        )
        #expect(isRefused(verdict(49, after: (100, 10, nil))))
        #expect(verdict(49, after: (100, 11, nil)) == .publish(marks: ["shrunk"]))
    }

    @Test func `due minutes are those of the schedule`() {
        #expect(isRefused(verdict(49, after: (100, 50, nil), every: .seconds(300))))
        #expect(verdict(49, after: (100, 51, nil), every: .seconds(300)) == .publish(marks: ["shrunk"]))
    }

    @Test func `data older than the last is refused, then published and marked`() {
        #expect(isRefused(verdict(100, asOf: -61, after: (100, 1, -60))))
        #expect(verdict(100, asOf: -60, after: (100, 1, -60)) == .publish(marks: []))
        #expect(verdict(10, asOf: -721, after: (100, 11, -720)) == .publish(marks: ["shrunk", "older"]))
        #expect(verdict(100, asOf: nil, after: (100, 1, -60)) == .publish(marks: []))
    }

    @Test func `the same rows are published and marked, whatever their time`() {
        #expect(verdict(100, asOf: -61, after: (100, 1, -60), sha256: "old") == .publish(marks: ["same"]))
    }

    @Test func `data from the future is marked`() {
        #expect(verdict(100, asOf: 303, after: nil) == .publish(marks: ["ahead"]))
        #expect(verdict(100, asOf: 302, after: nil) == .publish(marks: []))
    }

    @Test func `data that is older than the config allows is refused, whatever was before it`() {
        let hour = Duration.seconds(3600)
        #expect(verdict(100, asOf: -3598, after: nil, maximumAge: hour) == .publish(marks: []))
        #expect(
            verdict(100, asOf: -3599, after: nil, maximumAge: hour)
                == .refuse("too-old: the data is of 2026-11-21T08:01:01.000Z, and as_of.max_age is 1h"))
        #expect(isRefused(verdict(100, asOf: -3599, after: (100, 11, -3599), maximumAge: hour)))
        #expect(isRefused(verdict(100, asOf: -3599, after: (100, 1, -3599), sha256: "old", maximumAge: hour)))
    }

    @Test func `a list without the time that it should have is marked`() {
        #expect(verdict(100, asOf: nil, after: nil, maximumAge: .seconds(60)) == .publish(marks: ["undated"]))
        #expect(verdict(100, asOf: nil, after: nil) == .publish(marks: []))
    }

    @Test func `one package from the future does not cost those behind it`() {
        #expect(verdict(100, asOf: 0, after: (100, 1, 86_400)) == .publish(marks: []))
    }

    @Test func `an empty list is not a shrunken one where it may be empty`() {
        var plausibility = Plausibility(
            minute: minute, every: .seconds(60),
            previous: PublishedRows(minute: minute.advanced(byMinutes: -1), count: 9, sha256: "old", asOf: nil))
        func verdict(_ count: Int) -> Verdict {
            Verdict { () throws(FetchFailure) in
                try plausibility.marks(count: count, sha256: "new", asOf: nil, fetchedAt: minute.start)
            }
        }
        #expect(isRefused(verdict(0)))
        plausibility.allowsEmpty = true
        #expect(verdict(0) == .publish(marks: []))
        #expect(isRefused(verdict(1)))
    }
}
