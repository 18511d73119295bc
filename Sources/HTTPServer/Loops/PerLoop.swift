import NIOCore

/// A value for each event loop of a group, which belongs to its loop.
struct PerLoop<Value>: Sendable {
    private let values: [ObjectIdentifier: NIOLoopBoundBox<Value>]

    init(_ group: any EventLoopGroup, make: (any EventLoop) -> sending Value) {
        var values: [ObjectIdentifier: NIOLoopBoundBox<Value>] = [:]
        for loop in group.makeIterator() {
            values[ObjectIdentifier(loop)] = .makeBoxSendingValue(make(loop), eventLoop: loop)
        }
        self.values = values
    }

    /// To be called on the loop; nil for one of another group.
    subscript(loop: any EventLoop) -> Value? { values[ObjectIdentifier(loop)]?.value }

    /// Calls it on each loop a moment later, without waiting for the others.
    func forEach(_ body: @escaping @Sendable (Value) -> Void) {
        for value in values.values { value.eventLoop.execute { body(value.value) } }
    }
}
