import Basics
import TopLists

/// What is at hand of the lists that were used last: so many whole ones, or so many more of which there are only first rows.
struct RecentLists {
    private var lists: LRUCache<Minute, ServedList>

    init(capacity: Int) {
        lists = LRUCache(capacity: capacity * ServedList.wholeCost)
    }

    /// The minute's list, which is then the last used one.
    mutating func use(_ minute: Minute) -> ServedList? { lists.use(minute) }

    /// Adds the rows to what is at hand of the list, which is returned.
    mutating func keep(_ rows: RenderedRows, of description: ListDescription) -> ServedList {
        var list = use(description.minute) ?? ServedList(description)
        list.take(rows)
        lists.keep(list, for: list.minute, cost: list.cost)
        return list
    }
}
