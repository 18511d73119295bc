import TestSupport
import Testing

@testable import Serving

@Suite struct LRUCacheTests {
    @Test func `what was not used for longest makes room, by its cost`() {
        var cache = LRUCache<String, Int>(capacity: 10)
        cache.keep(1, for: "a", cost: 4)
        cache.keep(2, for: "b", cost: 4)
        #expect(cache.use("a") == 1)
        cache.keep(3, for: "c", cost: 3)
        #expect(!cache.has("b") && cache.has("a") && cache.has("c"))
        cache.keep(4, for: "a", cost: 7)
        #expect(cache.use("a") == 4 && cache.use("c") == 3)
        #expect(cache.cost == 10 && cache.count == 2)
        cache.keep(5, for: "d", cost: 11)
        #expect(!cache.has("d") && cache.count == 2)
        // What costs too much now does not stay with what it was either.
        cache.keep(6, for: "a", cost: 11)
        #expect(!cache.has("a") && cache.cost == 3)
    }

    @Test func `does as a list in the order of use would`() {
        var generator = SeededGenerator(seed: 3)
        var cache = LRUCache<Int, Int>(capacity: 20)
        var model: [(key: Int, value: Int, cost: Int)] = []
        for step in 0..<20_000 {
            let key = Int.random(in: 0..<15, using: &generator)
            let place = model.firstIndex { $0.key == key }
            if Bool.random(using: &generator) {
                #expect(cache.use(key) == place.map { model[$0].value })
                if let place { model.append(model.remove(at: place)) }
            } else {
                let cost = Int.random(in: 0...22, using: &generator)
                cache.keep(step, for: key, cost: cost)
                if let place { model.remove(at: place) }
                guard cost <= 20 else { continue }
                while model.reduce(cost, { $0 + $1.cost }) > 20 { model.removeFirst() }
                model.append((key, step, cost))
            }
            #expect(cache.cost == model.reduce(0) { $0 + $1.cost } && cache.count == model.count)
            #expect(model.allSatisfy { cache.has($0.key) })
        }
    }
}
