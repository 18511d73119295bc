import NIOCore

/// One value for each event loop of a group; a value is only used on its loop.
struct PerLoop<Value>: Sendable {
    private let values: [ObjectIdentifier: NIOLoopBoundBox<Value>]

    init(_ group: any EventLoopGroup, make: (any EventLoop) -> sending Value) {
        var values: [ObjectIdentifier: NIOLoopBoundBox<Value>] = [:]
        for loop in group.makeIterator() {
            values[ObjectIdentifier(loop)] = .makeBoxSendingValue(make(loop), eventLoop: loop)
        }
        self.values = values
    }

    /// Must be called on the loop; nil for a loop of another group.
    subscript(loop: any EventLoop) -> Value? { values[ObjectIdentifier(loop)]?.value }

    /// Calls `body` on each loop soon, without waiting.
    func forEach(_ body: @escaping @Sendable (Value) -> Void) {
        for value in values.values { value.eventLoop.execute { body(value.value) } }
    }
}
