import NIOCore

package enum EventLoops {
    /// Has the process do with one event loop: who has more cores starts more workers, which share nothing.
    ///
    /// To be called before anything else. NIO's own variable NIO_SINGLETON_GROUP_LOOP_COUNT stands above it.
    package static func useOne(_ environment: [String: String]) {
        guard environment["NIO_SINGLETON_GROUP_LOOP_COUNT"] == nil else { return }
        NIOSingletons.groupLoopCountSuggestion = 1
    }
}
