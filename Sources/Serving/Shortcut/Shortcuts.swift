import NIOCore

/// A shortcut for each event loop.
struct Shortcuts: Sendable {
    private let loops: [ObjectIdentifier: NIOLoopBoundBox<Shortcut>]

    init(_ group: any EventLoopGroup, make: (any EventLoop) -> sending Shortcut) {
        var loops: [ObjectIdentifier: NIOLoopBoundBox<Shortcut>] = [:]
        for loop in group.makeIterator() {
            loops[ObjectIdentifier(loop)] = .makeBoxSendingValue(make(loop), eventLoop: loop)
        }
        self.loops = loops
    }

    /// To be called on the loop; nil for one of another group.
    func shortcut(of loop: any EventLoop) -> Shortcut? { loops[ObjectIdentifier(loop)]?.value }

    /// Each loop has the newest list a moment later, without waiting for the others.
    func show(_ list: ServedList) {
        for shortcut in loops.values { shortcut.eventLoop.execute { shortcut.value.show(list) } }
    }
}
