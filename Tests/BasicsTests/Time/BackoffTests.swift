import Basics
import Testing

struct BackoffTests {
    @Test func `the ceiling doubles up to the maximum`() {
        var backoff = Backoff(base: .milliseconds(100), maximum: .seconds(1))
        let waits = (0..<6).map { _ in backoff.next(random: 1) }
        #expect(waits == [100, 200, 400, 800, 1000, 1000].map { Duration.milliseconds($0) })
    }

    @Test func `a wait is anywhere below its ceiling`() {
        var backoff = Backoff(base: .milliseconds(100), maximum: .seconds(1))
        #expect(backoff.next(random: 0) == .zero)
        #expect(backoff.next(random: 0.5) == .milliseconds(100))
        for _ in 0..<100 { #expect((.zero..<Duration.seconds(1)).contains(backoff.next())) }
    }

    @Test func `after a success the first ceiling is back`() {
        var backoff = Backoff(base: .milliseconds(100), maximum: .seconds(1))
        for _ in 0..<50 { _ = backoff.next() }
        backoff.reset()
        #expect(backoff.next(random: 1) == .milliseconds(100))
    }

    @Test func `any number of failures stays below the maximum`() {
        var backoff = Backoff(base: .seconds(1), maximum: .seconds(5))
        for _ in 0..<200 { #expect(backoff.next(random: 1) <= .seconds(5)) }
    }
}
