import NIOCore
import PlainRequests

/// What was made of outlines: clients ask the same again and again.
///
/// Belongs to an event loop. Holds up to a number of them, no long ones; the one that came first makes room.
struct OutlineMemo<Value> {
    private let capacity: Int
    private var values: [RequestOutline: Value] = [:]
    private var order: [RequestOutline] = []
    private var oldest = 0

    /// No client needs longer ones, and they would cost memory, in bytes.
    private static var longest: Int { 1_000 }

    init(capacity: Int) {
        self.capacity = capacity
    }

    mutating func value(of outline: RequestOutline, _ make: () -> Value) -> Value {
        guard outline.bytes.readableBytes <= Self.longest else { return make() }
        if let value = values[outline] { return value }
        let value = make()
        values[outline] = value
        if order.count < capacity {
            order.append(outline)
        } else {
            values[order[oldest]] = nil
            order[oldest] = outline
            oldest = (oldest + 1) % capacity
        }
        return value
    }
}
