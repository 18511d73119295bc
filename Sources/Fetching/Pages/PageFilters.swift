import Basics
import CurlHTTP
package import JQ

/// The filters that are applied to a page, and their results.
package struct PageFilters: Sendable {
    let body: BodyFormat
    let rows: JQProgram
    let failure: JQProgram?
    let pages: PageSettings?
    let asOf: JQProgram?
    let budget: BudgetSettings?

    /// Counts the items of a page that is an array.
    private static let elements = try? JQProgram("arrays | length")

    /// `failure` extracts an error's message, `asOf` finds the time of the page.
    package init(
        body: BodyFormat = .json, rows: JQProgram, failure: JQProgram? = nil, pages: PageSettings? = nil,
        asOf: JQProgram? = nil, budget: BudgetSettings? = nil
    ) {
        self.budget = budget
        self.body = body
        self.rows = rows
        self.failure = failure
        self.pages = pages
        self.asOf = asOf
    }

    enum Reading: Sendable {
        case page(Page)
        /// The body describes an error, whatever the status; or only the status says so, and the verdict is nil.
        case failure(Verdict?)
    }

    /// What the `failure` filter found in an error's body.
    struct Verdict: Equatable, Sendable {
        var message = ""
        var mayRetry = true
        /// How long the provider is not to be called.
        var wait: Duration?
    }

    struct Page: Sendable {
        let rows: JQRows
        /// The number of items that the server cut from the list; of rows if nothing counts the items.
        let items: Int
        var areItemsCounted = true
        var total: Int?
        /// Whether it says that it is the last one.
        var isLast = false
        /// Whether it does not exist, and only says that the list has ended.
        var isBehindEnd = false
        /// The cursor or the URL of the next one, if it names one.
        var next: String?
        /// Whether the body is not UTF-8, and its rows have U+FFFD instead.
        var isDamaged = false
        /// The provider's timestamp of the page.
        var asOf: Timestamp?
        /// How long a rate limit stays exhausted that this page has exhausted.
        var usedUpFor: Duration?
        /// When the provider sent it, by its own clock.
        var sent: Timestamp?

        /// The answer to a page that does not exist.
        static let behindEnd = Page(rows: JQRows(), items: 0, isLast: true, isBehindEnd: true)
    }

    /// Checks for an error first, because the body of an error has no rows, and the row filter's failure would hide the message.
    func read(
        _ document: JQReader, of response: HTTPResponse, isError: Bool, isFirst: Bool = true
    ) async throws(JQError) -> Reading {
        let isLast = try await isLast(document, isError: isError)
        if isLast, isError, !isFirst { return .page(.behindEnd) }
        if let failure,
            let verdict = try await Self.named(
                "failure",
                { () throws(JQError) in
                    try await document.firstObject(failure)
                })
        {
            let wait = verdict["wait"].flatMap { Double($0) }.map { Duration.seconds(min(max(0, $0), 86_400)) }
            return .failure(
                Verdict(message: verdict["message"] ?? "", mayRetry: verdict["action"] != "stop", wait: wait))
        }
        if isError { return .failure(nil) }
        let found = try await Self.named("filter") { () throws(JQError) in try await document.rows(rows) }
        let items = try await count(pages?.items ?? (pages == nil ? nil : Self.elements), "pages.items", document)
        return .page(
            Page(
                rows: found, items: items ?? found.count, areItemsCounted: items != nil,
                total: try await total(document, response), isLast: isLast, next: try await next(document, response),
                asOf: try await time(document)))
    }

    private func total(_ document: JQReader, _ response: HTTPResponse) async throws(JQError) -> Int? {
        switch pages?.total {
        case .filter(let program): try await count(program, "pages.total", document)
        case .header(let name): Self.count(response.header(name))
        case nil: nil
        }
    }

    /// A count in a header; nil for anything else, and for one beyond all lists and plans.
    private static func count(_ text: String?) -> Int? {
        text.flatMap { Int($0) }.flatMap { (0...1_000_000_000_000).contains($0) ? $0 : nil }
    }

    /// What the page says about the next one; nothing, null, false and an empty text mean that there is none.
    private func next(_ document: JQReader, _ response: HTTPResponse) async throws(JQError) -> String? {
        let (value, name): (PageValue, String)
        switch pages?.turn {
        case .cursor(let cursor): (value, name) = (cursor, "pages.cursor")
        case .next(let next): (value, name) = (next, "pages.next")
        case .number, nil: return nil
        }
        let text: String?
        switch value {
        case .filter(let program):
            text = try await Self.named(name) { () throws(JQError) in try await document.firstText(program) }
        case .header(let header):
            text = header.lowercased() == "link" ? response.nextLink : response.header(header)
        }
        return text.flatMap { $0.isEmpty || $0 == "false" ? nil : $0 }
    }

    /// What the provider says about the plan, whatever else the response is.
    ///
    /// Without a document only headers are read; a filter that fails finds nothing.
    func spending(_ document: JQReader?, of response: HTTPResponse) async -> (cost: Int?, left: Int?) {
        func number(_ value: PageValue?) async -> Int? {
            switch value {
            case .filter(let program): try? await document?.firstCount(program)
            case .header(let name): Self.count(response.header(name))
            case nil: nil
            }
        }
        return (await number(budget?.cost), await number(budget?.left))
    }

    private func count(_ program: JQProgram?, _ name: String, _ document: JQReader) async throws(JQError) -> Int? {
        guard let program else { return nil }
        return try await Self.named(name) { () throws(JQError) in try await document.firstCount(program) }
    }

    /// An error's body may have another form, which says nothing about the end.
    private func isLast(_ document: JQReader, isError: Bool) async throws(JQError) -> Bool {
        guard let filter = pages?.end.filter else { return false }
        do {
            return try await document.firstText(filter) == "true"
        } catch {
            guard isError, error.kind == .failed else { throw error.named("pages.end.filter") }
            return false
        }
    }

    /// Seconds or milliseconds since 1970, RFC 3339, or a date; nil if it cannot be read, which does not affect the rows.
    private func time(_ document: JQReader) async throws(JQError) -> Timestamp? {
        guard let asOf else { return nil }
        let text = try await Self.named("as_of") { () throws(JQError) in try await document.firstText(asOf) }
        guard let text else { return nil }
        guard let number = Double(text) else {
            return Timestamp(rfc3339: text) ?? Timestamp(rfc3339: text + "T00:00:00Z")
        }
        guard (0...1e14).contains(number) else { return nil }
        return Timestamp(milliseconds: Int64(number < 1e11 ? number * 1000 : number))
    }

    /// Names the config's field in an error of its filter.
    private static func named<Value>(
        _ name: String, _ body: () async throws(JQError) -> Value
    ) async throws(JQError) -> Value {
        do {
            return try await body()
        } catch {
            throw error.named(name)
        }
    }
}
