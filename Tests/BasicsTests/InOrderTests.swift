import Basics
import Synchronization
import Testing

@Suite struct InOrderTests {
    @Test(arguments: [1, 2, 4, 100])
    func `results come in the order of the elements, and no more are read at a time than allowed`(
        width: Int
    ) async throws {
        let running = Mutex((now: 0, most: 0))
        var taken: [Int] = []
        try await inOrder(Array(0..<50), ahead: width) { number in
            running.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
            for _ in 0..<(50 - number) % 7 { await Task.yield() }
            running.withLock { $0.now -= 1 }
            return number
        } _: {
            taken.append($0); return true
        }
        #expect(taken == Array(0..<50))
        #expect((1...width).contains(running.withLock(\.most)))
    }

    @Test func `who has enough stops the reading`() async throws {
        let begun = Mutex(0)
        var taken: [Int] = []
        try await inOrder(Array(0..<1000), ahead: 3) { number in
            begun.withLock { $0 += 1 }
            return number
        } _: {
            taken.append($0); return taken.count < 5
        }
        #expect(taken == [0, 1, 2, 3, 4])
        #expect(begun.withLock(\.self) <= 8)
    }

    @Test func `what cannot be read and is not needed does no harm`() async throws {
        struct Failure: Error {}
        var taken: [Int] = []
        try await inOrder(Array(0..<10), ahead: 4) { (number) async throws -> Int in
            if number == 3 { throw Failure() }
            return number
        } _: {
            taken.append($0)
            return taken.count < 3
        }
        #expect(taken == [0, 1, 2])
    }

    @Test func `what cannot be read ends it`() async {
        struct Failure: Error {}
        var taken: [Int] = []
        await #expect(throws: Failure.self) {
            try await inOrder(Array(0..<10), ahead: 2) { (number) async throws -> Int in
                if number == 3 { throw Failure() }
                return number
            } _: {
                taken.append($0); return true
            }
        }
        #expect(taken == [0, 1, 2])
        try? await inOrder([Int](), ahead: 2) {
            $0
        } _: { _ in
            Bool.random()
        }
    }
}
