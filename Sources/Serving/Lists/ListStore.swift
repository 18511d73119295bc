import Basics
import TopLists

/// Caches lists of the past: the descriptions of about a week, and the rows of the most recently used lists.
///
/// The least recently used ones are dropped, as in all caches here.
struct ListStore {
    /// About a week's minutes.
    private var descriptions = LRUCache<Minute, ListDescription>(capacity: 10_000)
    private var lists: LRUCache<Minute, ServedList>

    /// `capacity` is the number of whole lists, or more if only first rows are kept.
    init(capacity: Int) {
        lists = LRUCache(capacity: capacity * ServedList.wholeCost)
    }

    /// The cached rows of the minute's list, which becomes the most recently used one.
    mutating func list(_ minute: Minute) -> ServedList? { lists.use(minute) }

    /// The description of the minute's list, so that only its rows need to be read again.
    mutating func description(_ minute: Minute) -> ListDescription? { descriptions.use(minute) }

    /// Adds rows to the cached list, and returns it.
    mutating func keep(_ rows: RenderedRows, of description: ListDescription) -> ServedList {
        let minute = description.minute
        if descriptions.use(minute) !== description { descriptions.keep(description, for: minute, cost: 1) }
        var list = lists.use(minute) ?? ServedList(description)
        // Drop the cached rows if the list was made again in the meantime.
        if list.description.tagBeginning != description.tagBeginning { list = ServedList(description) }
        list.take(rows)
        lists.keep(list, for: minute, cost: list.cost)
        return list
    }
}
