import Basics
import TopLists

/// What is at hand of the lists that were used last, up to a number of them.
struct RecentLists {
    private let capacity: Int
    private var lists: [Minute: ServedList] = [:]
    /// The least recently used first.
    private var order: [Minute] = []

    init(capacity: Int) {
        self.capacity = capacity
    }

    /// The minute's list, which is then the last used one.
    mutating func use(_ minute: Minute) -> ServedList? {
        guard let list = lists[minute] else { return nil }
        if order.last != minute {
            order.removeAll { $0 == minute }
            order.append(minute)
        }
        return list
    }

    /// Adds the rows to what is at hand of the list, which is returned.
    mutating func keep(_ rows: RenderedRows, of description: ListDescription) -> ServedList {
        var list = use(description.minute) ?? ServedList(description)
        list.take(rows)
        guard capacity > 0 else { return list }
        if lists.updateValue(list, forKey: list.minute) == nil {
            order.append(list.minute)
            if order.count > capacity { lists[order.removeFirst()] = nil }
        }
        return list
    }
}
