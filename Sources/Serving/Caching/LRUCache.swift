/// A cache with a limit on total cost: the least recently used values are dropped.
///
/// Lookups and insertions take constant time.
struct LRUCache<Key: Hashable, Value> {
    private struct Node {
        let key: Key
        var value: Value
        var cost: Int
        /// Indices of the neighbours in the order of use; nil at the ends.
        var older: Int?
        var newer: Int?
    }

    private let capacity: Int
    private var places: [Key: Int] = [:]
    /// nil at a free index.
    private var nodes: [Node?] = []
    private var free: [Int] = []
    private var oldest: Int?
    private var newest: Int?
    /// The cost of all cached values.
    private(set) var cost = 0

    init(capacity: Int) {
        self.capacity = capacity
    }

    var count: Int { places.count }

    /// Returns the value, and marks it as the most recently used one.
    mutating func use(_ key: Key) -> Value? {
        guard let place = places[key], let node = nodes[place] else { return nil }
        if newest != place {
            unlink(place)
            link(place)
        }
        return node.value
    }

    func has(_ key: Key) -> Bool { places[key] != nil }

    /// Caches the value as the most recently used one, replacing any with its key, unless it alone exceeds the limit.
    mutating func keep(_ value: Value, for key: Key, cost: Int) {
        remove(key)
        guard cost <= capacity else { return }
        while self.cost > capacity - cost, let oldest, let key = nodes[oldest]?.key { remove(key) }
        let place = free.popLast() ?? nodes.count
        if place == nodes.count { nodes.append(nil) }
        nodes[place] = Node(key: key, value: value, cost: cost)
        places[key] = place
        self.cost += cost
        link(place)
    }

    mutating func remove(_ key: Key) {
        guard let place = places.removeValue(forKey: key) else { return }
        unlink(place)
        cost -= nodes[place]?.cost ?? 0
        nodes[place] = nil
        free.append(place)
    }

    private mutating func link(_ place: Int) {
        nodes[place]?.older = newest
        nodes[place]?.newer = nil
        if let newest { nodes[newest]?.newer = place }
        newest = place
        if oldest == nil { oldest = place }
    }

    private mutating func unlink(_ place: Int) {
        let (older, newer) = (nodes[place]?.older, nodes[place]?.newer)
        if let older { nodes[older]?.newer = newer } else { oldest = newer }
        if let newer { nodes[newer]?.older = older } else { newest = older }
    }
}
