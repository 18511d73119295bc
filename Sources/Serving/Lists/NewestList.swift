import Basics
import Synchronization
import TopLists

/// The newest list, shared by all requests.
final class NewestList: Sendable {
    private let list = Mutex<RenderedList?>(nil)

    var current: RenderedList? { list.withLock(\.self) }

    /// Older lists than the one that is there do not replace it.
    func offer(_ newer: RenderedList) {
        list.withLock { list in
            if let old = list, old.minute > newer.minute { return }
            list = newer
        }
    }
}
