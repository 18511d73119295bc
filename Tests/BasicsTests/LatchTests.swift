import Basics
import Testing

@Suite struct LatchTests {
    @Test func `whoever waits goes on when it opens, and later ones at once`() async {
        let latch = Latch()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<3 { group.addTask { await latch.wait() } }
            latch.open()
            await group.waitForAll()
        }
        await latch.wait()
        await Latch(isOpen: true).wait()
    }

    @Test func `a task that is cancelled waits no longer`() async {
        let latch = Latch()
        let task = Task { await latch.wait() }
        task.cancel()
        await task.value
    }
}
