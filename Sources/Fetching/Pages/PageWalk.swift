import Digests
import JQ

/// Decides which pages to request next, based on the pages so far.
///
/// If there is a total, it decides; it is read from every page, because lists grow while they are read. The page size that counts
/// is the one that the server used for the first page, not the requested one. Without a total, the walk goes page by page until
/// one is empty, is shorter than the first, or says that it is the last. A page whose items are not counted is never short,
/// because its filter may have dropped rows. If pages name the next one, the walk ends with the one that names none.
struct PageWalk {
    /// What is different about a page's request.
    struct Step: Equatable {
        var parameters: [(name: String, value: String)] = []
        /// The URL of the page, if another page has named it.
        var url: String?
        var isFirst = false

        static func == (left: Self, right: Self) -> Bool {
            left.url == right.url && left.isFirst == right.isFirst
                && left.parameters.elementsEqual(right.parameters) { $0 == $1 }
        }
    }

    private let settings: PageSettings?
    /// The number of items on each page that was received.
    private var items: [Int: Int] = [:]
    /// The number of items on all pages, as the provider tells it.
    private(set) var total: Int?
    private var requested = 0
    private var areItemsCounted = true
    /// The last page, if one said so.
    private var last: Int?
    /// What the pages named as their next one.
    private var nexts: [Int: String] = [:]
    /// Pages by the digest of their rows.
    private var digests: [String: Int] = [:]
    /// A page that repeats an earlier one.
    private var repeated: (page: Int, earlier: Int)?
    /// A page that names the same next one as an earlier one.
    private var circle: (page: Int, earlier: Int)?

    init(_ settings: PageSettings?) {
        self.settings = settings
    }

    /// Whether the walk ended at `max` although there was more, or may have been.
    var isCapped: Bool {
        guard let settings, items.count == settings.max, last == nil else { return false }
        if settings.isChain { return nexts[settings.max - 1] != nil }
        guard let size = appliedSize else { return false }
        guard let total else { return items[settings.max - 1, default: 0] >= (areItemsCounted ? size : 1) }
        return pages(of: total, size) > settings.max
    }

    /// Why the pages so far are no list; nil if they are one.
    ///
    /// Only counts once all requested pages were recorded, except that a page which repeats another one is a fault at once.
    var fault: String? {
        if let (page, earlier) = repeated {
            let parameter = settings?.parameter ?? ""
            return earlier == 0 && settings?.isChain == false
                ? "page \(page + 1) has the same items as page 1: the provider ignores the parameter `\(parameter)`"
                : "page \(page + 1) has the same items as page \(earlier + 1): if the provider ends lists so, set pages.end.repeat"
        }
        if let (page, earlier) = circle {
            return "page \(page + 1) names the same next page as page \(earlier + 1): they lead round in a circle"
        }
        guard let hole else { return nil }
        let hint = areItemsCounted ? "" : "; if the filter drops rows, set pages.items"
        return "page \(hole + 1) of \(items.count) holds too few items for the total that is told\(hint)"
    }

    /// Whether a page repeats an earlier one or leads back, which makes all further requests useless.
    var isRepeating: Bool { repeated != nil || circle != nil }

    /// A page before the last one with less than half of its expected items, so rows are missing from the list.
    private var hole: Int? {
        guard settings?.isChain == false, let size = appliedSize, total != nil else { return nil }
        return (0..<max(0, items.count - 1)).first { items[$0, default: 0] * 2 < size }
    }

    /// Returns whether the page belongs to the list: one that only says that the list has ended does not.
    mutating func record(page: Int, _ received: PageFilters.Page) -> Bool {
        let earlier = settings == nil || received.rows.count == 0 ? nil : self.page(like: received, at: page)
        let isBehindEnd = earlier != nil && settings?.end.isRepeated == true
        if let earlier, !isBehindEnd, repeated == nil { repeated = (max(page, earlier), min(page, earlier)) }
        items[page] = isBehindEnd ? 0 : received.items
        areItemsCounted = areItemsCounted && received.areItemsCounted
        nexts[page] = received.next
        let goesOn = !received.isLast && !isBehindEnd
        if goesOn, let next = received.next, circle == nil,
            let earlier = nexts.first(where: { $0.key != page && $0.value == next })?.key
        {
            circle = (page, earlier)
        }
        if received.isLast || isBehindEnd { last = min(last ?? page, page) }
        // A total that is less than what is there is none.
        if let told = received.total, told >= received.items { total = max(total ?? 0, told) }
        return !isBehindEnd && !received.isBehindEnd
    }

    /// Another page with the same rows.
    private mutating func page(like received: PageFilters.Page, at page: Int) -> Int? {
        let digest = Digest.sha256(received.rows.json)
        if let earlier = digests[digest] { return earlier }
        digests[digest] = page
        return nil
    }

    /// The pages to request now, counted from zero; empty at the end of the walk.
    ///
    /// Must only be called after all pages that it returned before were recorded.
    mutating func next() -> Range<Int> {
        let end = min(settings?.max ?? 1, wanted)
        defer { requested = max(requested, end) }
        return requested..<max(requested, end)
    }

    /// How this page, which `next` has returned, is asked for.
    func step(toPage page: Int) -> Step {
        guard let settings, page > 0 || !settings.isChain else { return Step(isFirst: page == 0) }
        switch settings.turn {
        case .number(let first, let step):
            let countsItems = step > 1 && step == settings.size
            let value = first + page * (countsItems ? appliedSize ?? step : step)
            return Step(parameters: [(settings.parameter, "\(value)")], isFirst: page == 0)
        case .cursor: return Step(parameters: nexts[page - 1].map { [(settings.parameter, $0)] } ?? [])
        case .next: return Step(url: nexts[page - 1])
        }
    }

    private var wanted: Int {
        guard requested > 0 else { return 1 }
        guard let settings, last == nil else { return requested }
        if settings.isChain { return nexts[requested - 1] == nil ? requested : requested + 1 }
        guard let size = appliedSize, let newest = items[requested - 1], newest > 0 else { return requested }
        if let total { return pages(of: total, size) }
        let isShort = requested > 1 && newest < size && areItemsCounted
        return isShort ? requested : requested + 1
    }

    /// The number of items on the first page, unless the whole list fits on it.
    private var appliedSize: Int? {
        guard let size = settings?.size, let first = items[0], first > 0 else { return nil }
        if let total, first >= total { return max(first, size) }
        return total == nil ? first : min(first, size)
    }

    private func pages(of total: Int, _ size: Int) -> Int {
        (total + size - 1) / size
    }
}
