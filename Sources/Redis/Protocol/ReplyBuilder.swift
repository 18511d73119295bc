/// Puts a reply together out of its values, which come in the order in which they are sent.
struct ReplyBuilder {
    /// Arrays of which elements are still to come, each inside the one before.
    private var open: [(count: Int, elements: [RedisReply])] = []
    private var whole: RedisReply?

    /// A larger array makes room while it grows: its size is not yet more than what the other side says.
    private static let mostReserved = 1_000

    /// So many values follow that belong to an array.
    mutating func begin(arrayOf count: Int) {
        guard count > 0 else { return add(.array([])) }
        var elements: [RedisReply] = []
        elements.reserveCapacity(min(count, Self.mostReserved))
        open.append((count, elements))
    }

    mutating func add(_ value: RedisReply) {
        var value = value
        while !open.isEmpty {
            let last = open.count - 1
            open[last].elements.append(value)
            guard open[last].elements.count == open[last].count else { return }
            value = .array(open.removeLast().elements)
        }
        whole = value
    }

    /// The reply, when it is whole.
    mutating func take() -> RedisReply? {
        defer { whole = nil }
        return whole
    }
}
