/// Decides which pages to request next, based on the pages so far.
///
/// If there is a total, it decides; it is read from every page, because lists grow while they are read. The page size that counts
/// is the one that the server used for the first page, not the requested one. Without a total, the walk goes page by page until
/// one is empty or shorter than the first.
struct PageWalk {
    private let settings: PageSettings?
    /// The number of items on each page that was received.
    private var items: [Int: Int] = [:]
    private var total: Int?
    private var requested = 0

    init(_ settings: PageSettings?) {
        self.settings = settings
    }

    /// Whether the walk ended at `max` although there was more, or may have been.
    var isCapped: Bool {
        guard let settings, let size = appliedSize, items.count == settings.max else { return false }
        guard let total else { return items[settings.max - 1, default: 0] >= size }
        return pages(of: total, size) > settings.max
    }

    /// A page before the last one with less than half of its expected items, so rows are missing from the list.
    var hole: Int? {
        guard let size = appliedSize, total != nil else { return nil }
        return (0..<max(0, items.count - 1)).first { items[$0, default: 0] * 2 < size }
    }

    mutating func record(page: Int, items count: Int, total newTotal: Int?) {
        items[page] = count
        if let newTotal { total = max(total ?? 0, newTotal) }
    }

    /// The pages to request now, counted from zero; empty at the end of the walk.
    ///
    /// Must only be called after all pages that it returned before were recorded.
    mutating func next() -> Range<Int> {
        let end = min(settings?.max ?? 1, wanted)
        defer { requested = max(requested, end) }
        return requested..<max(requested, end)
    }

    /// The value of the paging parameter for this page.
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

    /// The number of items on the first page, unless the whole list fits on it.
    private var appliedSize: Int? {
        guard let settings, let first = items[0], first > 0 else { return nil }
        if let total, first >= total { return max(first, settings.size) }
        return total == nil ? first : min(first, settings.size)
    }

    private func pages(of total: Int, _ size: Int) -> Int {
        (total + size - 1) / size
    }
}
