import Basics
import Config
import CurlHTTP
package import JQ

/// The request of a page: its URL without the paging parameter, its headers and its limits.
package struct RequestSettings: Sendable {
    /// Scheme, host and path, without a query.
    package let url: String
    let query: [(name: String, value: String)]
    let headers: [(name: String, value: String)]
    /// nil if the list has only one page.
    package let pages: PageSettings?
    let limits: HTTPRequest.Limits
    let retries: Int
    let concurrency: Int

    init?(reading reader: ConfigReader) {
        let url = reader.parsed("url", type: "URL", "Scheme, host and path; http or https.") { text in
            if let hidden = HiddenCharacter(in: text) {
                throw InvalidText("has \(hidden); what belongs there is written %20 and the like")
            }
            if let decoded = PercentEncoding.decode(text), let hidden = HiddenCharacter(in: decoded, .control) {
                throw InvalidText("has \(hidden), percent-encoded")
            }
            guard HTTPRequest.isValid(url: text) else {
                throw InvalidText("should be an http:// or https:// URL, not \"\(text)\"")
            }
            guard !text.contains(where: { $0 == "?" || $0 == "#" }) else {
                throw InvalidText("should have no query: parameters belong in request.query")
            }
            return text
        }
        query = reader.pairs("query", "Query parameters, except the page's own.")
        headers = reader.pairs("headers", "Headers to send.")
        for (name, _) in query {
            if name.isEmpty { reader.complain(about: "query", "has a parameter without a name") }
            if let hidden = HiddenCharacter(in: name) {
                reader.complain(about: "query", "has a parameter's name with \(hidden)")
            }
        }
        let unclean = headers.compactMap { Self.fault(ofHeader: $0.name, $0.value) }
        for fault in unclean { reader.complain(about: "headers", fault) }
        pages = reader.objectIfPresent("pages", "How the list is cut into pages; without it there is one.")
            .flatMap(PageSettings.init)
        let timeout = reader.duration(
            "timeout", default: "20s", in: .milliseconds(100)...(.seconds(55)), "The longest that one page may take.")
        let stall = reader.duration(
            "stall", default: "10s", in: .milliseconds(100)...(.seconds(55)),
            "How long a page may arrive at under 100 bytes a second.")
        let body = reader.bytes("max_body", default: "64MB", "The largest page, after decompression.")
        let retries = reader.integer("retries", default: 3, in: 0...10, "How often a page is asked for again.")
        let concurrency = reader.integer("concurrency", default: 4, in: 1...64, "How many pages are asked for at once.")
        reader.finish()
        guard let url, let timeout, let stall, let body, let retries, let concurrency, unclean.isEmpty else {
            return nil
        }
        self.url = url
        self.retries = retries
        self.concurrency = concurrency
        limits = HTTPRequest.Limits(total: timeout, stall: stall, body: body)
    }

    /// What is wrong with a header: its name must be a token (RFC 9110, section 5.1), and its value one line of visible
    /// characters.
    private static func fault(ofHeader name: String, _ value: String) -> String? {
        if name.isEmpty { return "has a header without a name" }
        if let hidden = HiddenCharacter(in: name) { return "has a header's name with \(hidden)" }
        let marks = "!#$%&'*+-.^_`|~".utf8
        guard
            name.utf8.allSatisfy({ byte in
                marks.contains(byte) || (byte < 128 && Character(Unicode.Scalar(byte)).isLetter)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            })
        else { return "has a header \"\(name)\", and no header has such a name" }
        // Spaces are allowed in a value.
        guard let hidden = HiddenCharacter(in: value.replacing(" ", with: "x")) else { return nil }
        return "has \(hidden) of the header \"\(name)\""
    }
}

/// How a list is split into pages.
package struct PageSettings: Equatable, Sendable {
    /// The query parameter that selects the page.
    package let parameter: String
    /// Its value for the first page.
    package let first: Int
    /// The increment for the next page: 1 if the parameter counts pages, the page's size if it counts items.
    package let step: Int
    /// The requested number of items per page.
    package let size: Int
    /// The maximum number of pages.
    package let max: Int
    /// Finds the number of items on all pages; nil if pages do not state it.
    package let total: JQProgram?
    /// Counts the items on a page; without it, the elements of a page that is an array, or else its rows are counted.
    package let items: JQProgram?
    let end: PageEnd

    package init(
        parameter: String, first: Int, step: Int, size: Int, max: Int, total: JQProgram? = nil, items: JQProgram? = nil,
        end: PageEnd = PageEnd()
    ) {
        self.parameter = parameter
        self.first = first
        self.step = step
        self.size = size
        self.max = max
        self.total = total
        self.items = items
        self.end = end
    }

    init?(reading reader: ConfigReader) {
        let parameter = reader.string("parameter", "The parameter of the query that chooses the page.")
        let first = reader.integer("first", default: 1, in: 0...Int(Int32.max), "Its value for the first page.")
        let step = reader.integer(
            "step", default: 1, in: 1...1_000_000,
            "What is added for the next page: 1, or the size if the parameter counts items.")
        let size = reader.integer("size", in: 1...1_000_000, "How many items a page is asked to hold.")
        let max = reader.integer("max", default: 100, in: 1...10_000, "The most pages that are asked for.")
        let total = reader.program("total", optional: true, "A jq filter for the number of items on all pages.")
        let items = reader.program(
            "items", optional: true,
            "A jq filter for the number of items on a page; without it, the elements of an array or else the rows are counted."
        )
        let end = reader.object(
            "end", optional: true, "How a page other than the first says that the list has ended before it, or with it."
        )
        let pageEnd = end.flatMap(PageEnd.init)
        reader.finish()
        guard let parameter, let first, let step, let size, let max, let pageEnd else { return nil }
        self.init(
            parameter: parameter, first: first, step: step, size: size, max: max, total: total, items: items,
            end: pageEnd)
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
