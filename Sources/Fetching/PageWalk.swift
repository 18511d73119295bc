/// Which pages to ask for next, from what the pages so far said.
///
/// The total decides where there is one; it is asked of every page, as lists grow while they are read. The size that
/// counts is the one that the server applied to the first page, not the one that was asked for. Without a total the walk
/// goes page by page, to the first that is empty or shorter than the first one.
struct PageWalk {
    private let settings: PageSettings?
    /// The items of each page that has come.
    private var items: [Int: Int] = [:]
    private var total: Int?
    private var requested = 0

    init(_ settings: PageSettings?) {
        self.settings = settings
    }

    /// The walk ended at `max` while there was more, or may have been.
    var isCapped: Bool {
        guard let settings, let size = appliedSize, items.count == settings.max else { return false }
        guard let total else { return items[settings.max - 1, default: 0] >= size }
        return pages(of: total, size) > settings.max
    }

    /// A page before the last one that holds less than half of what it should: its rows are missing from the list.
    var hole: Int? {
        guard let size = appliedSize, total != nil else { return nil }
        return (0..<max(0, items.count - 1)).first { items[$0, default: 0] * 2 < size }
    }

    mutating func record(page: Int, items count: Int, total newTotal: Int?) {
        items[page] = count
        if let newTotal { total = max(total ?? 0, newTotal) }
    }

    /// The pages to ask for now, counted from zero; empty when the walk has ended.
    ///
    /// To be called when all pages that it named before have been recorded.
    mutating func next() -> Range<Int> {
        let end = min(settings?.max ?? 1, wanted)
        defer { requested = max(requested, end) }
        return requested..<max(requested, end)
    }

    /// The value of the page's parameter.
    func value(ofPage page: Int) -> Int {
        guard let settings else { return 0 }
        let countsItems = settings.step > 1 && settings.step == settings.size
        return settings.first + page * (countsItems ? appliedSize ?? settings.step : settings.step)
    }

    private var wanted: Int {
        guard requested > 0 else { return 1 }
        guard settings != nil, let size = appliedSize, let last = items[requested - 1], last > 0 else {
            return requested
        }
        if let total { return pages(of: total, size) }
        let isShort = requested > 1 && last < size
        return isShort ? requested : requested + 1
    }

    /// What the first page held, unless that was simply all there is.
    private var appliedSize: Int? {
        guard let settings, let first = items[0], first > 0 else { return nil }
        if let total, first >= total { return max(first, settings.size) }
        return total == nil ? first : min(first, settings.size)
    }

    private func pages(of total: Int, _ size: Int) -> Int {
        (total + size - 1) / size
    }
}
