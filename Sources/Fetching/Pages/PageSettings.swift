import Basics
import Config
import CurlHTTP
package import JQ

/// How a list is split into pages.
package struct PageSettings: Equatable, Sendable {
    /// How the next page is asked for.
    enum Turn: Equatable, Sendable {
        /// By a number: the first page's, and what is added for the next one, which is 1 if pages are counted and the page's size if
        /// items are.
        case number(first: Int, step: Int)
        /// By a value that the page before names.
        case cursor(PageValue)
        /// By a URL that the page before names.
        case next(PageValue)
    }

    /// The query parameter that selects the page; empty if the pages name URLs.
    let parameter: String
    let turn: Turn
    /// The number of items that a page is asked to hold; nil if unknown.
    package let size: Int?
    /// The maximum number of pages.
    package let max: Int
    /// Finds the number of items on all pages; nil if pages do not state it.
    let total: PageValue?
    /// Counts the items on a page; without it, the elements of a page that is an array, or else its rows are counted.
    let items: JQProgram?
    let end: PageEnd

    /// Whether each page names the next one.
    var isChain: Bool {
        if case .number = turn { false } else { true }
    }

    package init(
        parameter: String, first: Int, step: Int, size: Int, max: Int, total: JQProgram? = nil, items: JQProgram? = nil,
        end: PageEnd = PageEnd()
    ) {
        self.init(
            parameter, .number(first: first, step: step), size: size, max: max, total: total.map { .filter($0) },
            items: items, end: end)
    }

    init(
        _ parameter: String, _ turn: Turn, size: Int? = nil, max: Int, total: PageValue? = nil, items: JQProgram? = nil,
        end: PageEnd = PageEnd()
    ) {
        self.parameter = parameter
        self.turn = turn
        self.size = size
        self.max = max
        self.total = total
        self.items = items
        self.end = end
    }

    init?(reading reader: ConfigReader) {
        let parameter = reader.string(
            "parameter", optional: true, "The parameter of the query that chooses the page; not needed beside `next`.")
        let first = reader.integer("first", default: 1, in: 0...Int(Int32.max), "Its value for the first page.")
        let step = reader.integer(
            "step", default: 1, in: 1...1_000_000,
            "What is added for the next page: 1, or the size if the parameter counts items.")
        let cursor = PageValue.reading(
            reader, "cursor", "What the page says the parameter is for the next one; a string is a filter.")
        let next = PageValue.reading(
            reader, "next", "What the page says the next one's URL is, whole or relative; a string is a filter.")
        let size = reader.integerIfPresent(
            "size", in: 1...1_000_000, "How many items a page is asked to hold; not needed beside `cursor` and `next`.")
        let max = reader.integer("max", default: 100, in: 1...10_000, "The most pages that are asked for.")
        let total = PageValue.reading(reader, "total", "The number of items on all pages; a string is a filter.")
        let items = reader.program(
            "items", optional: true,
            "A jq filter for the number of items on a page; without it, the elements of an array or else the rows are counted."
        )
        let end = reader.object(
            "end", optional: true, "How a page other than the first says that the list has ended before it, or with it."
        )
        let pageEnd = end.flatMap(PageEnd.init)
        reader.finish()
        if cursor != nil, next != nil { reader.complain(about: "next", "cannot stand beside `cursor`") }
        if !reader.onlyDeclares {
            if next == nil, !reader.has("parameter") {
                reader.complain(about: "parameter", "missing: The parameter of the query that chooses the page.")
            }
            if cursor == nil, next == nil, !reader.has("size") {
                reader.complain(about: "size", "missing: How many items a page is asked to hold.")
            }
        }
        guard let first, let step, let max, let pageEnd, reader.has("cursor") == (cursor != nil),
            reader.has("next") == (next != nil), reader.has("total") == (total != nil)
        else { return nil }
        let turn: Turn
        if let cursor {
            turn = .cursor(cursor)
        } else if let next {
            turn = .next(next)
        } else {
            guard size != nil else { return nil }
            turn = .number(first: first, step: step)
        }
        guard next != nil || parameter != nil else { return nil }
        self.init(parameter ?? "", turn, size: size, max: max, total: total, items: items, end: pageEnd)
    }
}

/// Where a page says something about the pages: in its body, or in a header of its response.
enum PageValue: Equatable, Sendable {
    case filter(JQProgram)
    case header(String)

    /// nil if the field is missing or wrong.
    static func reading(_ reader: ConfigReader, _ name: String, _ summary: String) -> PageValue? {
        guard let value = reader.object(name, orOnly: "filter", summary) else { return nil }
        let filter = value.program("filter", optional: true, "A jq filter that finds it in the body.")
        let header = value.string(
            "header", optional: true, "The header that has it; of `Link` the URL whose `rel` is `next` (RFC 8288).")
        value.finish()
        switch (filter, header) {
        case (let filter?, nil): return .filter(filter)
        case (nil, let header?): return .header(header)
        case (.some, .some): value.complain(about: "header", "cannot stand beside `filter`")
        case (nil, nil) where !value.has("filter") && !value.has("header"):
            reader.complain(about: name, "needs a `filter` or a `header`")
        case (nil, nil): break
        }
        return nil
    }
}

/// How a provider says that a list has no more pages, apart from its total and from a page that is not full.
package struct PageEnd: Equatable, Sendable {
    /// A page behind the end is answered with one of these.
    let statuses: [Int]
    /// True for the last page, or for the answer to a page behind it.
    let filter: JQProgram?
    /// Whether a page behind the end repeats the last page.
    let isRepeated: Bool

    package init(statuses: [Int] = [], filter: JQProgram? = nil, isRepeated: Bool = false) {
        self.statuses = statuses
        self.filter = filter
        self.isRepeated = isRepeated
    }

    init?(reading reader: ConfigReader) {
        let statuses = reader.integers(
            "status", in: 400...599, "Statuses with which a page behind the end is answered, such as 404.")
        let filter = reader.program(
            "filter", optional: true,
            "A jq filter that is true for the last page, or for the answer to a page behind it, whatever its status.")
        let isRepeated = reader.bool(
            "repeat", default: false,
            "Whether a page behind the end repeats the last one; otherwise such a page is a fault.")
        reader.finish()
        guard let isRepeated else { return nil }
        self.init(statuses: statuses, filter: filter, isRepeated: isRepeated)
    }
}
