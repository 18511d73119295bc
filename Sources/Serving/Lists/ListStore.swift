import Basics
import TopLists

/// What is known of lists of the past: of a week's what the index says, and of those that were used last their rows.
///
/// What was used least recently makes room, as in all caches here.
struct ListStore {
    /// About a week's minutes.
    private var descriptions = LRUCache<Minute, ListDescription>(capacity: 10_000)
    private var lists: LRUCache<Minute, ServedList>

    /// `capacity` is how many whole lists are kept, or so many more of which there are only first rows.
    init(capacity: Int) {
        lists = LRUCache(capacity: capacity * ServedList.wholeCost)
    }

    /// The rows that are at hand of the minute's list, which is then the last used one.
    mutating func list(_ minute: Minute) -> ServedList? { lists.use(minute) }

    /// What the index says of the minute's list, so that only its rows need be read again.
    mutating func description(_ minute: Minute) -> ListDescription? { descriptions.use(minute) }

    /// Adds the rows to what is at hand of the list, which is returned.
    mutating func keep(_ rows: RenderedRows, of description: ListDescription) -> ServedList {
        let minute = description.minute
        if descriptions.use(minute) !== description { descriptions.keep(description, for: minute, cost: 1) }
        var list = lists.use(minute) ?? ServedList(description)
        // Not the rows of a list that has been made anew since.
        if list.description.tagBeginning != description.tagBeginning { list = ServedList(description) }
        list.take(rows)
        lists.keep(list, for: minute, cost: list.cost)
        return list
    }
}
