import Basics
import Logging
import Tape
import TestSupport
import Testing
import TopLists

@testable import Serving

@Suite struct NewestListTests {
    private func list(_ minute: Int) throws -> ServedList {
        let start = Timestamp(milliseconds: 1_795_251_660_000 + Int64(minute) * 60_000)
        return try TestAPI.list(Minute(containing: start), rows: 1)
    }

    @Test func `an older list does not replace a newer one`() throws {
        let newest = NewestList()
        newest.offer(try list(1))
        newest.offer(try list(0))
        #expect(newest.current?.minute == (try list(1)).minute)
    }

    @Test func `all who wait for the first list get it`() async throws {
        let newest = NewestList()
        async let one = newest.first(within: .seconds(30))
        async let other = newest.first(within: .seconds(30))
        newest.offer(try list(2))
        #expect(await one?.minute == (try list(2)).minute)
        #expect(await other?.minute == (try list(2)).minute)
        #expect(await newest.first(within: .zero)?.minute == (try list(2)).minute)
    }

    @Test func `no list is being made on demand when that has ended`() async throws {
        let newest = NewestList()
        let onDemand = OnDemand(
            olderThan: .seconds(60), newest: newest, clock: TapeClock(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        ) { for await _ in AsyncStream(Void.self, { _ in }) {} }
        let running = Task { await onDemand.run() }
        #expect(onDemand.found(nil))
        running.cancel()
        await running.value
        #expect(!onDemand.found(nil))
    }

    @Test func `who waits gives up in time, and when cancelled`() async throws {
        let newest = NewestList()
        #expect(await newest.first(within: .milliseconds(20)) == nil)
        let task = Task { await newest.first(within: .seconds(600)) == nil }
        task.cancel()
        #expect(await task.value)
        newest.offer(try list(1))
    }
}
